# The functions that generated C source is made of, src/csource/functions/: compiled here as a user compiles them, in C99 with every
# warning, and embedded as text.
set(c_functions ${hone_sources})
list(FILTER c_functions INCLUDE REGEX "^src/csource/functions/")
list(REMOVE_ITEM hone_sources ${c_functions})

add_library(hone_c_functions OBJECT ${c_functions})
set_target_properties(hone_c_functions PROPERTIES C_STANDARD 99 C_EXTENSIONS OFF)
target_include_directories(hone_c_functions PRIVATE src)
target_compile_options(hone_c_functions PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wdouble-promotion
  -Wno-unused-function $<$<BOOL:${HONE_WERROR}>:-Werror>)

set(embedded ${CMAKE_CURRENT_BINARY_DIR}/csource_functions.c)
list(TRANSFORM c_functions PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE c_function_paths)
add_custom_command(OUTPUT ${embedded}
  COMMAND ${CMAKE_COMMAND} -DNAME=hone_internal_c_functions -DHEADER=csource/words.h -DOUTPUT=${embedded} "-DFILES=${c_function_paths}"
    -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/embed.cmake
  DEPENDS ${c_function_paths} cmake/embed.cmake COMMENT "Functions of C source" VERBATIM)
list(APPEND hone_sources ${embedded})
