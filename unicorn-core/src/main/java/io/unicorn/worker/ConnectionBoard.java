package io.unicorn.worker;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Memory that the workers of a pool share, where each says how many connections it has.
 * Each has a slot, by its index, and writes there alone. What a worker leaves behind that
 * was killed stays until the next one with its index comes. Thread-safe.
 */
public final class ConnectionBoard {

	private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

	/** One line of the processors' caches, so that workers do not slow each other. */
	private static final int SLOT_BYTES = 64;

	/** Whether the worker accepts; the other two fields mean nothing until it does. */
	private static final int ACCEPTS = 0;

	private static final int CONNECTIONS = 4;

	private static final int TAKEN = 8;

	private final ByteBuffer memory;

	private ConnectionBoard(ByteBuffer memory) {
		this.memory = memory;
	}

	/**
	 * Open the board that the master has made.
	 * @throws IOException if it cannot be opened
	 */
	public static ConnectionBoard open(Path file) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			return new ConnectionBoard(channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size()));
		}
	}

	/**
	 * Return a board that is not shared with any other process.
	 * @param slots number of workers with a place on it
	 */
	public static ConnectionBoard ofThisProcess(int slots) {
		return new ConnectionBoard(ByteBuffer.allocateDirect(slots * SLOT_BYTES));
	}

	int slots() {
		return this.memory.capacity() / SLOT_BYTES;
	}

	/** Whether the worker with this index accepts connections. */
	boolean accepts(int index) {
		return get(index, ACCEPTS) != 0;
	}

	void accepts(int index, boolean accepts) {
		set(index, ACCEPTS, accepts ? 1 : 0);
	}

	/** How many connections it has. */
	int connections(int index) {
		return get(index, CONNECTIONS);
	}

	void connections(int index, int connections) {
		set(index, CONNECTIONS, connections);
	}

	/** How many it has accepted until now; of meaning only in comparison. */
	int taken(int index) {
		return get(index, TAKEN);
	}

	void taken(int index, int taken) {
		set(index, TAKEN, taken);
	}

	private int get(int index, int field) {
		return (int) INT.getVolatile(this.memory, index * SLOT_BYTES + field);
	}

	private void set(int index, int field, int value) {
		INT.setVolatile(this.memory, index * SLOT_BYTES + field, value);
	}

}
