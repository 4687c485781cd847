package io.unicorn.boot.relay;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

import io.unicorn.ipc.Message;
import org.jspecify.annotations.Nullable;

/**
 * Takes the body of a response to another worker, in memory up to a limit, or in a file
 * that only this user can read. One thread at a time.
 */
public final class RelayedBody implements Closeable {

	/** Leaves room for the headers. */
	static final int MOST_BYTES = Message.CallAnswer.MAX_BYTES - 64 * 1024;

	private final @Nullable Path file;

	private final ByteArrayOutputStream memory = new ByteArrayOutputStream();

	private final OutputStream out;

	private boolean tooLong;

	private boolean kept;

	private RelayedBody(@Nullable Path file) throws IOException {
		this.file = file;
		this.out = (file != null) ? Files.newOutputStream(file) : this.memory;
	}

	static RelayedBody inMemory() throws IOException {
		return new RelayedBody(null);
	}

	/** In the directory of temporary files; the operator removes the file. */
	static RelayedBody inFile() throws IOException {
		return new RelayedBody(Files.createTempFile("heapdump-" + ProcessHandle.current().pid() + "-", ".hprof"));
	}

	/**
	 * Take a part of the body.
	 * @throws IOException if it cannot be written, or is longer than other workers take
	 */
	public void write(ByteBuffer content) throws IOException {
		if (this.file == null && this.memory.size() + content.remaining() > MOST_BYTES) {
			this.tooLong = true;
			throw new IOException("the response is longer than " + MOST_BYTES + " bytes");
		}
		byte[] bytes = new byte[content.remaining()];
		content.get(bytes);
		this.out.write(bytes);
	}

	/** Whether a part was not taken, because other workers take no more. */
	public boolean isTooLong() {
		return this.tooLong;
	}

	byte[] bytes() throws IOException {
		if (this.file == null) {
			return this.memory.toByteArray();
		}
		// No dump but the reason why there is none.
		try (InputStream in = Files.newInputStream(this.file)) {
			return in.readNBytes(MOST_BYTES);
		}
	}

	/** Let the file exist on, and return its name, or {@code null} if there is none. */
	@Nullable String keepFile() {
		this.kept = this.file != null;
		return this.kept ? String.valueOf(this.file) : null;
	}

	@Override
	public void close() throws IOException {
		this.out.close();
		if (this.file != null && !this.kept) {
			Files.deleteIfExists(this.file);
		}
	}

}
