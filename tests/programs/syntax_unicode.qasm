// Names in every script; signs that are no letters.
qubit θ;
qubit 量子;
qubit a€;
qubit →;
qubit b�;
x 😀;
qubit c�;
