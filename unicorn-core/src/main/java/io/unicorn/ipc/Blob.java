package io.unicorn.ipc;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bytes of no meaning to this package. Immutable.
 */
public final class Blob {

	/** No bytes. */
	public static final Blob EMPTY = new Blob(new byte[0]);

	private final byte[] bytes;

	private Blob(byte[] bytes) {
		this.bytes = bytes;
	}

	/**
	 * Return a blob with a copy of these bytes.
	 * @param bytes the bytes
	 * @return the blob
	 */
	public static Blob of(byte[] bytes) {
		return new Blob(bytes.clone());
	}

	/**
	 * Return a blob with a copy of the remaining bytes.
	 * @param bytes the bytes, whose position does not change
	 * @return the blob
	 */
	public static Blob of(ByteBuffer bytes) {
		return read(bytes.duplicate(), bytes.remaining());
	}

	/**
	 * Return a blob with a copy of a part of an array.
	 * @param bytes the array
	 * @param offset where the part begins
	 * @param length its size
	 * @return the blob
	 * @throws IndexOutOfBoundsException if the array does not contain the part
	 */
	public static Blob of(byte[] bytes, int offset, int length) {
		byte[] part = new byte[length];
		System.arraycopy(bytes, offset, part, 0, length);
		return new Blob(part);
	}

	/**
	 * Read a blob.
	 * @throws java.nio.BufferUnderflowException if there are fewer bytes
	 */
	static Blob read(ByteBuffer in, int length) {
		byte[] bytes = new byte[length];
		in.get(bytes);
		return new Blob(bytes);
	}

	void write(ByteBuffer out) {
		out.put(this.bytes);
	}

	/**
	 * Return the number of bytes.
	 * @return the number, 0 or more
	 */
	public int length() {
		return this.bytes.length;
	}

	/**
	 * Return the first bytes.
	 * @param most how many at most
	 * @return this blob if it has no more
	 */
	public Blob first(int most) {
		return (this.bytes.length <= most) ? this : of(this.bytes, 0, most);
	}

	/**
	 * Return the bytes without copying them.
	 * @return a buffer that cannot be written to
	 */
	public ByteBuffer toByteBuffer() {
		return ByteBuffer.wrap(this.bytes).asReadOnlyBuffer();
	}

	/**
	 * Return a copy of the bytes.
	 * @return a new array
	 */
	public byte[] toByteArray() {
		return this.bytes.clone();
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Blob blob && Arrays.equals(this.bytes, blob.bytes);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.bytes);
	}

	/** Does not contain the bytes. */
	@Override
	public String toString() {
		return this.bytes.length + " bytes";
	}

}
