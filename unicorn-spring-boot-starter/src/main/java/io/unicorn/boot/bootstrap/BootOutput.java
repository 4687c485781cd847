package io.unicorn.boot.bootstrap;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.List;

import io.unicorn.worker.WorkerAgent;

/**
 * Keeps the last lines that a new worker prints until it is ready, and gives them to the
 * master if the process ends before that. So the reason of a failed roll-out can be read
 * where its result is, and not only in a log that has gone on since.
 */
final class BootOutput {

	private static final int MOST_BYTES = 48 * 1024;

	private static final int MOST_LINES = 500;

	private final byte[] last = new byte[MOST_BYTES];

	private final WorkerAgent agent;

	private long written;

	private BootOutput(WorkerAgent agent) {
		this.agent = agent;
	}

	/**
	 * Begin to listen to this process's output.
	 */
	static void capture(WorkerAgent agent) {
		BootOutput output = new BootOutput(agent);
		System.setOut(output.tee(System.out));
		System.setErr(output.tee(System.err));
		Runtime.getRuntime().addShutdownHook(new Thread(() -> agent.failed(output.lines()), "unicorn-boot-output"));
	}

	private PrintStream tee(PrintStream original) {
		return new PrintStream(new Tee(original), true, charset());
	}

	/** What the JVM itself uses; the property has changed its name with JDK 19. */
	private static Charset charset() {
		String name = System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
		return (name != null && Charset.isSupported(name)) ? Charset.forName(name) : Charset.defaultCharset();
	}

	private synchronized void keep(byte[] bytes, int offset, int length) {
		for (int i = Math.max(0, length - MOST_BYTES); i < length; i++) {
			this.last[(int) ((this.written + i) % MOST_BYTES)] = bytes[offset + i];
		}
		this.written += length;
	}

	synchronized List<String> lines() {
		int length = (int) Math.min(this.written, MOST_BYTES);
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = this.last[(int) ((this.written - length + i) % MOST_BYTES)];
		}
		List<String> lines = new String(bytes, charset()).lines().toList();
		return lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size());
	}

	/** Passes everything on, and keeps it as long as somebody may want it. */
	private final class Tee extends FilterOutputStream {

		Tee(OutputStream out) {
			super(out);
		}

		@Override
		public void write(int b) throws IOException {
			write(new byte[] { (byte) b }, 0, 1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			this.out.write(bytes, offset, length);
			if (!BootOutput.this.agent.isReady()) {
				keep(bytes, offset, length);
			}
		}

	}

}
