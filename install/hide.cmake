# Makes one object of the installed static library that shows the public names only, so that a user's own names never
# meet ours. Called by cmake --install; needs LIBRARY, LINKER, OBJCOPY, AR.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(object ${LIBRARY}.o)
run(${LINKER} -r --whole-archive ${LIBRARY} -o ${object})
run(${OBJCOPY} --wildcard --keep-global-symbol=qry_* ${object})
file(REMOVE ${LIBRARY})
run(${AR} rcs ${LIBRARY} ${object})
file(REMOVE ${object})
