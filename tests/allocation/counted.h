#pragma once
// Counts operator new, which counted.cpp replaces for the whole program.

#include <cstdint>

std::uint64_t allocations();  ///< since the program began
