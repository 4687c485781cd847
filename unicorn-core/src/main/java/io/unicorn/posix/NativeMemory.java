package io.unicorn.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import com.kenai.jffi.MemoryIO;

/**
 * Memory that the C library can read and write; freed some time after this object is
 * gone. Not thread-safe.
 */
final class NativeMemory {

	private final ByteBuffer buffer;

	private final long address;

	/**
	 * Allocate zeroed memory.
	 */
	NativeMemory(int bytes) {
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

	static NativeMemory of(long... content) {
		NativeMemory memory = new NativeMemory(content.length * Long.BYTES);
		memory.buffer.asLongBuffer().put(content);
		return memory;
	}

	/** The whole of it, in the processor's byte order. */
	ByteBuffer buffer() {
		return this.buffer;
	}

	/** Good as long as this object is reachable. */
	long address() {
		return this.address;
	}

	int size() {
		return this.buffer.capacity();
	}

	long getLong(int offset) {
		return this.buffer.getLong(offset);
	}

	void putLong(int offset, long value) {
		this.buffer.putLong(offset, value);
	}

	void putShort(int offset, short value) {
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
