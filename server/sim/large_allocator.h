#pragma once
// Memory for arrays that are large and read all over.

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace sim {

/// For std::vector: arrays of some megabytes lie in huge pages where the system has them (Linux: transparent huge pages, unless they are
/// switched off), so that finding where a record lies costs the processor no walk through tables of pages of its own. Any thread.
/// The only thing below `run` that asks the system for anything: docs/adr/0010-large-arrays-in-huge-pages.md.
template <class T>
class LargeAllocator {
 public:
  using value_type = T;
  static constexpr std::size_t huge_page = std::size_t{1} << 21;  ///< bytes, of x86-64 and of AArch64 with pages of 4 KiB

  LargeAllocator() = default;
  template <class U>
  LargeAllocator(const LargeAllocator<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    if (!is_large(count)) return static_cast<T*>(::operator new (bytes, std::align_val_t{alignof(T)}));
    const std::size_t whole = (bytes + huge_page - 1) / huge_page * huge_page;
    void* place = ::operator new (whole, std::align_val_t{huge_page});
#ifdef MADV_HUGEPAGE
    madvise(place, whole, MADV_HUGEPAGE);  // without it, or when it says no, nothing is wrong but the speed
#endif
    return static_cast<T*>(place);
  }
  void deallocate(T* place, std::size_t count) {
    ::operator delete (place, std::align_val_t{is_large(count) ? huge_page : alignof(T)});
  }

  friend bool operator==(const LargeAllocator&, const LargeAllocator&) {
    return true;
  }

 private:
  static constexpr bool is_large(std::size_t count) {
    return count >= huge_page / sizeof(T);
  }
};

}  // namespace sim
