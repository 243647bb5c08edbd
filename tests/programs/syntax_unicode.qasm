// Names in every script; signs that are no letters.
qubit θ;
qubit 量子;
qubit a€;
qubit →;
qubit b�;
x 😀;
qubit c�;

// error: 4:8 the character U+20AC does not belong here
// hint: names are made of letters of any script, digits and _
// error: 5:7 the character U+2192 does not belong here
// hint: names are made of letters of any script, digits and _
// error: 6:8 these bytes are no UTF-8
// hint: save the file as UTF-8
// error: 7:3 the character U+1F600 does not belong here
// hint: names are made of letters of any script, digits and _
// error: 8:8 these bytes are no UTF-8
// hint: save the file as UTF-8
