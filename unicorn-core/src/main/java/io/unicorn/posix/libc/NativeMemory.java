package io.unicorn.posix.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

import com.kenai.jffi.MemoryIO;

/**
 * Holds memory that the C library can read and write. The memory is freed some time after
 * this object has become unreachable, so the caller keeps it reachable during a call that
 * gets its address ({@link java.lang.ref.Reference#reachabilityFence}). Not thread-safe.
 */
public final class NativeMemory {

	private final ByteBuffer buffer;

	private final long address;

	/**
	 * Allocate zeroed memory.
	 * @param bytes its size
	 */
	public NativeMemory(int bytes) {
		this.buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
		this.address = MemoryIO.getInstance().getDirectBufferAddress(this.buffer);
	}

	static NativeMemory of(byte[] content) {
		NativeMemory memory = new NativeMemory(content.length);
		memory.put(0, content);
		return memory;
	}

	static NativeMemory of(int[] content) {
		NativeMemory memory = new NativeMemory(content.length * Integer.BYTES);
		memory.buffer.asIntBuffer().put(content);
		return memory;
	}

	/**
	 * Copy numbers into new memory, in the processor's byte order.
	 */
	public static NativeMemory of(long... content) {
		NativeMemory memory = new NativeMemory(content.length * Long.BYTES);
		memory.buffer.asLongBuffer().put(content);
		return memory;
	}

	/**
	 * Make a NUL-terminated C string of a string in byte form.
	 * @throws IllegalArgumentException if it holds a character that no C string can hold
	 */
	public static NativeMemory string(String byteForm) {
		byte[] bytes = bytes(byteForm);
		NativeMemory memory = new NativeMemory(bytes.length + 1);
		memory.put(0, bytes);
		return memory;
	}

	/**
	 * Make a null-terminated array of C strings of strings in byte form, in one block of
	 * memory.
	 * @throws IllegalArgumentException if one holds a character that no C string can hold
	 */
	public static NativeMemory strings(List<String> byteForms) {
		List<byte[]> strings = byteForms.stream().map(NativeMemory::bytes).toList();
		int table = (strings.size() + 1) * Long.BYTES;
		NativeMemory memory = new NativeMemory(table + strings.stream().mapToInt((bytes) -> bytes.length + 1).sum());
		int offset = table;
		for (int i = 0; i < strings.size(); i++) {
			byte[] bytes = strings.get(i);
			memory.put(offset, bytes);
			memory.putLong(i * Long.BYTES, memory.address() + offset);
			offset += bytes.length + 1;
		}
		return memory;
	}

	private static byte[] bytes(String byteForm) {
		for (int i = 0; i < byteForm.length(); i++) {
			char c = byteForm.charAt(i);
			if (c == 0 || c > 0xff) {
				throw new IllegalArgumentException(
						"Character %#x at index %d of '%s' is no byte of a C string".formatted((int) c, i, byteForm));
			}
		}
		return byteForm.getBytes(StandardCharsets.ISO_8859_1);
	}

	/**
	 * Return a buffer over the whole memory, always the same one, in the processor's byte
	 * order.
	 */
	public ByteBuffer buffer() {
		return this.buffer;
	}

	/**
	 * Return the address, which is valid while this object is reachable.
	 */
	public long address() {
		return this.address;
	}

	int size() {
		return this.buffer.capacity();
	}

	/**
	 * Read a number.
	 * @param offset where it begins, in bytes
	 */
	public long getLong(int offset) {
		return this.buffer.getLong(offset);
	}

	/**
	 * Write a number.
	 * @param offset where it begins, in bytes
	 */
	public void putLong(int offset, long value) {
		this.buffer.putLong(offset, value);
	}

	/**
	 * Write a number.
	 * @param offset where it begins, in bytes
	 */
	public void putShort(int offset, short value) {
		this.buffer.putShort(offset, value);
	}

	void put(int offset, byte[] content) {
		this.buffer.put(offset, content);
	}

	void copyTo(byte[] target) {
		this.buffer.get(0, target);
	}

	void copyTo(int[] target) {
		this.buffer.asIntBuffer().get(0, target);
	}

}
