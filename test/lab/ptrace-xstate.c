/*
 * Lets a user-mode Linux of 6.1 run on CPUs whose register state is larger than the 2,696 bytes it knows (AMX: 11,008).
 * PTRACE_SETREGSET takes NT_X86_XSTATE whole or not at all (Linux arch/x86/kernel/fpu/regset.c, xstateregs_set), and
 * this kernel writes back the part that it has read. Preloaded, this completes that part: components that end beyond
 * it (tile registers) are in their initial state, which is how the guest sees them anyway.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Offset of XSTATE_BV in the standard form (Intel SDM volume 1, 13.4.2). */
enum { xstate_bv_offset = 512, most_components = 63 };

/* The whole state, and of its components (XSTATE_BV) those that lie inside the part that the kernel knows. */
static _Alignas(64) unsigned char whole[65536];
static size_t whole_length;
static uint64_t known_components = 3; /* x87 and SSE */

/* CPUID is slow in a virtual machine: it is asked once. */
static void measure(long (*next)(int, ...), pid_t pid, size_t part_length) {
  struct iovec all = {whole, sizeof whole};
  if (next(PTRACE_GETREGSET, pid, NT_X86_XSTATE, &all) < 0) return;
  whole_length = all.iov_len;
  for (unsigned i = 2; i < most_components; i++) {
    unsigned length, offset, c, d;
    if (__get_cpuid_count(0xd, i, &length, &offset, &c, &d) && length != 0 && offset + length <= part_length)
      known_components |= 1ull << i;
  }
  memset(whole, 0, sizeof whole);
}

static long set_whole(long (*next)(int, ...), pid_t pid, const struct iovec *part) {
  if (whole_length == 0) measure(next, pid, part->iov_len);
  if (whole_length <= part->iov_len) return next(PTRACE_SETREGSET, pid, NT_X86_XSTATE, part);
  memcpy(whole, part->iov_base, part->iov_len);
  uint64_t present;
  memcpy(&present, whole + xstate_bv_offset, sizeof present);
  present &= known_components;
  memcpy(whole + xstate_bv_offset, &present, sizeof present);
  struct iovec all = {whole, whole_length};
  return next(PTRACE_SETREGSET, pid, NT_X86_XSTATE, &all);
}

long ptrace(enum __ptrace_request request, ...) {
  static long (*next)(int, ...);
  if (next == NULL) next = (long (*)(int, ...))dlsym(RTLD_NEXT, "ptrace");
  va_list arguments;
  va_start(arguments, request);
  pid_t pid = va_arg(arguments, pid_t);
  void *address = va_arg(arguments, void *);
  void *data = va_arg(arguments, void *);
  va_end(arguments);
  if (request == PTRACE_SETREGSET && (uintptr_t)address == NT_X86_XSTATE) return set_whole(next, pid, data);
  return next(request, pid, address, data);
}
