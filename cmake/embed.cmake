# cmake -DNAME=... -DHEADER=... -DFILES="a;b" -DOUTPUT=... -P embed.cmake: the files, one behind the other, as the text NAME[] of a
# C source; HEADER declares it.
set(text "")
foreach(file ${FILES})
  file(READ ${file} bytes HEX)
  string(APPEND text ${bytes})
endforeach()
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," text "${text}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" text "${text}")
file(WRITE ${OUTPUT} "#include \"${HEADER}\"\n\nconst char ${NAME}[] = {\n${text}0};\n")
