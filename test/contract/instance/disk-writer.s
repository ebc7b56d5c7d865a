# An EFI application that stands for an installer: it writes one block at the start of each disk of the machine, and
# returns to the boot loader. disk-writer.ts has it in machine code, since as and objcopy are not on every machine:
#
#   as -o disk-writer.o disk-writer.s && objcopy -O binary -j .text disk-writer.o disk-writer.efi
#
# It is one section, and the block that is written is that section itself, which begins with a text.

.intel_syntax noprefix
.set file_alignment, 0x200
.set page, 0x1000

.text
image:
  .ascii "MZ"
  .org image + 0x3c
  .long pe - image

# The headers of a 64-bit portable executable.
pe:
  .ascii "PE\0\0"
  .word 0x8664                    # x86-64
  .word 1                         # number of sections
  .long 0, 0, 0                   # no time, no symbols
  .word sections - optional
  .word 0x22                      # executable, large addresses
optional:
  .word 0x20b                     # 64-bit
  .byte 0, 0
  .long file_alignment, 0, 0      # sizes of code and data
  .long page + entry - block      # entry point
  .long page                      # start of the code
  .quad 0                         # image base: it runs anywhere
  .long page, file_alignment      # alignments in memory and in the file
  .word 0, 0, 0, 0, 0, 0
  .long 0
  .long 2 * page                  # size in memory
  .long file_alignment            # size of the headers
  .long 0
  .word 10, 0                     # an EFI application
  .quad 0, 0, 0, 0                # stack and heap are the firmware's
  .long 0
  .long 6                         # number of data directories, all of them empty
  .quad 0, 0, 0, 0, 0, 0
sections:
  .ascii ".text\0\0\0"
  .long page, page                # size and address in memory: the largest block there is
  .long file_alignment, file_alignment
  .long 0, 0, 0
  .long 0xe0000020                # code that is read, written and executed

  .org image + file_alignment
block:
  .asciz "pulumi-lxd: installed\n"

  .balign 8
block_io:                         # EFI_BLOCK_IO_PROTOCOL_GUID
  .long 0x964e5b21
  .word 0x6459, 0x11d2
  .byte 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b

# entry(rcx: handle, rdx: system table), in Microsoft's calling convention.
entry:
  push rbx
  push rsi
  push rdi
  push rbp
  sub rsp, 72
  mov rbx, [rdx + 96]             # boot services
  mov ecx, 2                      # by protocol
  lea rdx, [rip + block_io]
  xor r8d, r8d
  lea r9, [rsp + 48]              # count of handles
  lea rax, [rsp + 56]             # handles
  mov [rsp + 32], rax
  call [rbx + 312]                # LocateHandleBuffer
  test rax, rax
  jnz end
  mov rdi, [rsp + 48]
  mov rsi, [rsp + 56]
next:
  dec rdi
  js end
  mov rcx, [rsi]
  add rsi, 8
  lea rdx, [rip + block_io]
  lea r8, [rsp + 64]
  call [rbx + 152]                # HandleProtocol
  test rax, rax
  jnz next
  mov rbp, [rsp + 64]
  mov rax, [rbp + 8]              # medium
  cmp dword ptr [rax + 4], 0x100  # not removable, present, no partition, not read-only
  jne next
  mov rcx, rbp
  mov edx, [rax]                  # its ID
  xor r8d, r8d                    # the first block
  mov r9d, [rax + 12]             # the size of a block
  lea r10, [rip + block]
  mov [rsp + 32], r10
  call [rbp + 32]                 # WriteBlocks
  mov rcx, rbp
  call [rbp + 40]                 # FlushBlocks
  jmp next
end:
  xor eax, eax
  add rsp, 72
  pop rbp
  pop rdi
  pop rsi
  pop rbx
  ret

  .org image + 2 * file_alignment
