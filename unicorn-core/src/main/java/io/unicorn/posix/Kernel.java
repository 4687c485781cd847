package io.unicorn.posix;

import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * The C library with exceptions in place of {@code errno}, and with interrupted calls
 * repeated. Thread-safe.
 */
final class Kernel {

	private final Libc libc;

	private Kernel(Libc libc) {
		this.libc = libc;
	}

	static Kernel load() {
		return new Kernel(new Libc());
	}

	Libc libc() {
		return this.libc;
	}

	/**
	 * Make a call that reports failure by a negative result, again if a signal interrupts
	 * it.
	 * @param what the call as the exception's message shall name it
	 */
	int call(String what, IntSupplier call) throws PosixException {
		int result = repeat(call);
		if (result < 0) {
			throw failure(what, errno());
		}
		return result;
	}

	/**
	 * Make a call, again if a signal interrupts it, and leave its failure to the caller.
	 */
	int repeat(IntSupplier call) {
		return (int) repeatLong(call::getAsInt);
	}

	long repeatLong(LongSupplier call) {
		long result;
		do {
			result = call.getAsLong();
		}
		while (result < 0 && errno() == Errno.EINTR);
		return result;
	}

	/**
	 * Make a call that returns its error number.
	 */
	void check(String what, int error) throws PosixException {
		if (error != 0) {
			throw failure(what, error);
		}
	}

	/**
	 * Return the error number of this thread's last call.
	 */
	int errno() {
		return this.libc.errno();
	}

	PosixException failure(String what, int errno) {
		return new PosixException(what, errno, this.libc.strerror(errno));
	}

	/**
	 * Allocate zeroed memory that lives as long as the returned object.
	 */
	NativeMemory allocate(int bytes) {
		return new NativeMemory(bytes);
	}

	/**
	 * Make a C string of a string in byte form.
	 */
	NativeMemory string(String byteForm) {
		byte[] bytes = NativeText.bytes(byteForm);
		NativeMemory memory = allocate(bytes.length + 1);
		memory.put(0, bytes);
		return memory;
	}

	/**
	 * Make a null-terminated array of C strings, in one block of memory.
	 */
	NativeMemory strings(List<String> byteForms) {
		List<byte[]> strings = byteForms.stream().map(NativeText::bytes).toList();
		int table = (strings.size() + 1) * Long.BYTES;
		NativeMemory memory = allocate(table + strings.stream().mapToInt((bytes) -> bytes.length + 1).sum());
		int offset = table;
		for (int i = 0; i < strings.size(); i++) {
			byte[] bytes = strings.get(i);
			memory.put(offset, bytes);
			memory.putLong(i * Long.BYTES, memory.address() + offset);
			offset += bytes.length + 1;
		}
		return memory;
	}

}
