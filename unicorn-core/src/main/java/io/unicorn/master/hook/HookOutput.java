package io.unicorn.master.hook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Reads the output of a command, line by line and without waiting for more. Not
 * thread-safe.
 */
final class HookOutput {

	static final int MOST_LINES = 100;

	static final int MOST_BYTES = 1000;

	/** As much as a pipe holds. */
	private static final int BUFFER = 64 * 1024;

	/** So that a command that prints without end does not hold a call. */
	private static final int MOST_ROUNDS = 16;

	private final InputStream output;

	private final Consumer<String> lines;

	private final ByteArrayOutputStream line = new ByteArrayOutputStream();

	private long count;

	/**
	 * Create.
	 * @param lines receives the first {@value #MOST_LINES} lines, without control
	 * characters, each cut off after {@value #MOST_BYTES} bytes
	 */
	HookOutput(InputStream output, Consumer<String> lines) {
		this.output = output;
		this.lines = lines;
	}

	/** Read what is there. */
	void read() throws IOException {
		byte[] bytes = new byte[BUFFER];
		int rounds = MOST_ROUNDS;
		while (rounds-- > 0 && this.output.available() > 0) {
			// Not readNBytes, which asks a file for its length.
			int count = this.output.read(bytes);
			for (int i = 0; i < count; i++) {
				add(bytes[i]);
			}
		}
	}

	private void add(byte b) {
		if (b == '\n') {
			end();
		}
		else if (this.line.size() < MOST_BYTES) {
			this.line.write(b);
		}
	}

	private void end() {
		this.count++;
		if (this.count <= MOST_LINES) {
			this.lines.accept(this.line.toString(StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", " ").stripTrailing());
		}
		this.line.reset();
	}

	/**
	 * Read the rest, and say how many lines were left out.
	 */
	void close() throws IOException {
		try (this.output) {
			read();
			if (this.line.size() > 0) {
				end();
			}
			if (this.count > MOST_LINES) {
				this.lines.accept("(" + (this.count - MOST_LINES) + " further lines are left out)");
			}
		}
	}

}
