package io.unicorn.boot.tomcat;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

import io.unicorn.ipc.Message;
import org.apache.coyote.OutputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the body of a response to another worker, in memory up to a limit, or in a file
 * that only this user can read. Not thread-safe.
 */
final class ResponseBody implements OutputBuffer, Closeable {

	/** Leaves room for the headers. */
	static final int MOST_BYTES = Message.CallAnswer.MAX_BYTES - 64 * 1024;

	private final @Nullable Path file;

	private final OutputStream out;

	private final ByteArrayOutputStream memory;

	private long written;

	private boolean tooLong;

	private boolean kept;

	private ResponseBody(@Nullable Path file, ByteArrayOutputStream memory) throws IOException {
		this.file = file;
		this.memory = memory;
		this.out = (file != null) ? Files.newOutputStream(file) : memory;
	}

	static ResponseBody inMemory() throws IOException {
		return new ResponseBody(null, new ByteArrayOutputStream());
	}

	/** In the directory of temporary files; the operator removes the file. */
	static ResponseBody inFile() throws IOException {
		return new ResponseBody(Files.createTempFile("heapdump-" + ProcessHandle.current().pid() + "-", ".hprof"),
				new ByteArrayOutputStream());
	}

	@Override
	public int doWrite(ByteBuffer chunk) throws IOException {
		int count = chunk.remaining();
		if (this.file == null && this.written + count > MOST_BYTES) {
			this.tooLong = true;
			throw new IOException("the response is longer than " + MOST_BYTES + " bytes");
		}
		byte[] bytes = new byte[count];
		chunk.get(bytes);
		this.out.write(bytes);
		this.written += count;
		return count;
	}

	@Override
	public long getBytesWritten() {
		return this.written;
	}

	boolean isTooLong() {
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
