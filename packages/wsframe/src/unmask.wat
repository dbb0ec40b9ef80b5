;; XOR with a repeating 4-byte key, RFC 6455 §5.3, in place, 64 bytes per turn.
;;
;; unmask(at, end, key) works on the bytes [at, end) of its memory; `key` holds the four key octets in little-endian order,
;; the first of them for the byte at `at`. It returns non-zero when a resulting byte has its high bit set, so that a caller
;; knows plain ASCII without a second pass. Key 0 changes nothing and only looks.
;;
;; Memory: 4 pages of 64 KiB, fixed, so that its ArrayBuffer is never detached. The regions are named in parse-buffer.ts.
;; After a change run `pnpm wasm`, which writes unmask.wasm.ts; a test compares the two.
(module
  (memory (export "memory") 4 4)
  (func (export "unmask") (param $at i32) (param $end i32) (param $key i32) (result i32)
    (local $mask v128) (local $seen v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $word i32) (local $tail i32)
    (local.set $mask (i32x4.splat (local.get $key)))
    (block $under64
      (loop $by64
        (br_if $under64 (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 64)))
        (local.set $a (v128.xor (v128.load (local.get $at)) (local.get $mask)))
        (local.set $b (v128.xor (v128.load offset=16 (local.get $at)) (local.get $mask)))
        (local.set $c (v128.xor (v128.load offset=32 (local.get $at)) (local.get $mask)))
        (local.set $d (v128.xor (v128.load offset=48 (local.get $at)) (local.get $mask)))
        (v128.store (local.get $at) (local.get $a))
        (v128.store offset=16 (local.get $at) (local.get $b))
        (v128.store offset=32 (local.get $at) (local.get $c))
        (v128.store offset=48 (local.get $at) (local.get $d))
        (local.set $seen (v128.or (local.get $seen)
          (v128.or (v128.or (local.get $a) (local.get $b)) (v128.or (local.get $c) (local.get $d)))))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br $by64)))
    (block $under16
      (loop $by16
        (br_if $under16 (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 16)))
        (local.set $a (v128.xor (v128.load (local.get $at)) (local.get $mask)))
        (v128.store (local.get $at) (local.get $a))
        (local.set $seen (v128.or (local.get $seen) (local.get $a)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $by16)))
    (block $under4
      (loop $by4
        (br_if $under4 (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 4)))
        (local.set $word (i32.xor (i32.load (local.get $at)) (local.get $key)))
        (i32.store (local.get $at) (local.get $word))
        (local.set $tail (i32.or (local.get $tail) (local.get $word)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $by4)))
    (block $done
      (loop $by1
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $word (i32.xor (i32.load8_u (local.get $at)) (i32.and (local.get $key) (i32.const 255))))
        (i32.store8 (local.get $at) (local.get $word))
        (local.set $tail (i32.or (local.get $tail) (local.get $word)))
        (local.set $key (i32.shr_u (local.get $key) (i32.const 8)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $by1)))
    (i32.or (i8x16.bitmask (local.get $seen)) (i32.and (local.get $tail) (i32.const 0x80808080)))))
