# Finds Eigen and Boost.Math and puts both into the target capstake_headers.
# Looked for in this order: -D options, prefixes given by the build backend, packages of the active Python, the system.

set(prefixes ${CMAKE_PREFIX_PATH})
# Not cached: another environment may be active next time. The hints: a cmake that was started through a shim
# may see another Python first on the path.
find_program(python NAMES python3 python HINTS ENV VIRTUAL_ENV ENV CONDA_PREFIX PATH_SUFFIXES bin NO_CACHE)
if(python)
  execute_process(COMMAND ${python} -c "import sysconfig; print(sysconfig.get_path('purelib'))"
                  OUTPUT_VARIABLE site_packages OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  list(APPEND prefixes ${site_packages})
endif()
list(TRANSFORM prefixes APPEND /cmeel.prefix OUTPUT_VARIABLE cmeel_prefixes)

set(ways "  pip install cmeel-eigen==3.4.1 boost-headers==1.85.0.post1   (in the active environment), or
  apt-get install libeigen3-dev libboost1.81-dev, or
  cmake -DEigen3_DIR=<folder of Eigen3Config.cmake> -DCAPSTAKE_BOOST=<folder that holds boost/>")

# Without a version in the call: Eigen 5 refuses a request for 3.4, and 3.4 does not know ranges.
find_package(Eigen3 CONFIG QUIET HINTS ${cmeel_prefixes})
if(NOT Eigen3_FOUND OR Eigen3_VERSION VERSION_LESS 3.4 OR Eigen3_VERSION VERSION_GREATER_EQUAL 6)
  message(FATAL_ERROR "Eigen 3.4 or 5 is needed, found: '${Eigen3_VERSION}'. Ways to get it:\n${ways}")
endif()

# Not find_package(Boost): pip's headers carry no package file, and it would silently take an older system Boost.
find_path(CAPSTAKE_BOOST boost/math/distributions/normal.hpp
          HINTS ${Boost_ROOT} ${prefixes} PATH_SUFFIXES include boost_headers/include)
if(CAPSTAKE_BOOST)
  file(STRINGS ${CAPSTAKE_BOOST}/boost/version.hpp line REGEX "^#define BOOST_VERSION ")
  string(REGEX MATCH "[0-9]+" boost_version "${line}") # 108500 is 1.85.0
endif()
if(NOT CAPSTAKE_BOOST OR boost_version LESS 107400)
  message(FATAL_ERROR "Boost.Math 1.74 or later is needed, found: '${boost_version}'. Ways to get it:\n${ways}")
endif()
message(STATUS "Eigen ${Eigen3_VERSION} (${Eigen3_DIR}), Boost ${boost_version} (${CAPSTAKE_BOOST})")

add_library(capstake_headers INTERFACE)
target_include_directories(capstake_headers SYSTEM INTERFACE ${CAPSTAKE_BOOST})
target_compile_definitions(capstake_headers INTERFACE BOOST_MATH_STANDALONE=1) # no other Boost library is used
target_link_libraries(capstake_headers INTERFACE Eigen3::Eigen) # imported, and so SYSTEM already
