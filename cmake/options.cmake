# How every target of this project is compiled. Attach with target_link_libraries(... simianviz_options).
#
# -ffp-contract=off: a fused multiply-add rounds once where two instructions round twice; simulated times must not depend on which of the two a
# compiler picks.
add_library(simianviz_options INTERFACE)
target_compile_features(simianviz_options INTERFACE cxx_std_20)
target_include_directories(simianviz_options INTERFACE ${PROJECT_SOURCE_DIR}/server)
target_compile_options(simianviz_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual
  -Werror -ffp-contract=off $<$<NOT:$<CONFIG:Release>>:-fno-omit-frame-pointer>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Assigning a literal to a std::string is reported as overlapping memory when it is inlined (GCC bug 105651, mended in 13).
  target_compile_options(simianviz_options INTERFACE -Wno-restrict)
endif()
# Instead of clang-tidy's check of the same, which takes a fifth of its time.
target_compile_options(simianviz_options INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wreserved-identifier>)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_definitions(simianviz_options INTERFACE _GLIBCXX_ASSERTIONS)
endif()
if(SIMIANVIZ_SANITIZE)
  target_compile_options(simianviz_options INTERFACE -fsanitize=${SIMIANVIZ_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(simianviz_options INTERFACE -fsanitize=${SIMIANVIZ_SANITIZE})
  if(SIMIANVIZ_SANITIZE MATCHES undefined)
    # These three look at every access to memory, a quarter of the time that compiling takes. A null pointer stops the address sanitizer anyway.
    target_compile_options(simianviz_options INTERFACE -fno-sanitize=null,alignment,vptr)
  endif()
  # GCC says of its sanitizers that they make this warning wrong ("-fsanitize=" in its manual).
  target_compile_options(simianviz_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# simianviz_library(name [WHOLE_PROGRAM] [PRECOMPILED HEADER ...] DEPENDS ... SOURCES ...): the target of one folder of server/. All presets but dev
# compile its sources eight at a time (CMAKE_UNITY_BUILD), which takes a third of the time: what is a source's own has a name of its own in the folder.
# WHOLE_PROGRAM: optimised across files in a release build of g++ (clang would have to be told when each program is linked, too), for what every event
# passes through. SIMIANVIZ_WHOLE names the targets of which that is true.
# PRECOMPILED: what most of its sources include, read once; each names what it needs all the same (script/lint reads them without). Only by clang:
# g++ 12 warns of its own headers when they are precompiled.
function(simianviz_library name)
  cmake_parse_arguments(ARG "WHOLE_PROGRAM" "" "SOURCES;PRECOMPILED;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  add_library(simianviz_${name} STATIC ${ARG_SOURCES})
  add_library(simianviz::${name} ALIAS simianviz_${name})
  target_link_libraries(simianviz_${name} PUBLIC simianviz_options ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE_DEPENDS})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_precompile_headers(simianviz_${name} PRIVATE ${ARG_PRECOMPILED})
  endif()
  if(ARG_WHOLE_PROGRAM AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "Release")
    set_target_properties(simianviz_${name} PROPERTIES INTERPROCEDURAL_OPTIMIZATION ON UNITY_BUILD OFF)
    # Inlined more freely than -O3 does by itself: an event passes through many short functions (docs/performance.md).
    target_compile_options(simianviz_${name} PRIVATE -O3 --param=max-inline-insns-auto=80 --param=inline-unit-growth=200
      --param=early-inlining-insns=40 --param=large-function-growth=400)
    set_property(GLOBAL APPEND PROPERTY SIMIANVIZ_WHOLE simianviz_${name})
  endif()
endfunction()
