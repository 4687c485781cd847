package io.unicorn.boot.worker;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.List;

import io.unicorn.worker.WorkerAgent;

/**
 * Keeps the last lines that a booting worker prints, and sends them to the master if the
 * process ends before it is ready. The result of a failed roll-out then contains them.
 */
public final class BootLogCapture {

	private static final int MAX_BYTES = 48 * 1024;

	private static final int MAX_LINES = 500;

	private final byte[] ring = new byte[MAX_BYTES];

	private final WorkerAgent agent;

	private long written;

	private BootLogCapture(WorkerAgent agent) {
		this.agent = agent;
	}

	/**
	 * Begin to capture the output of this process.
	 */
	public static void capture(WorkerAgent agent) {
		BootLogCapture capture = new BootLogCapture(agent);
		System.setOut(capture.tee(System.out));
		System.setErr(capture.tee(System.err));
		Runtime.getRuntime().addShutdownHook(new Thread(() -> agent.failed(capture.lines()), "unicorn-boot-output"));
	}

	private PrintStream tee(PrintStream original) {
		return new PrintStream(new Tee(original), true, charset());
	}

	/** The JVM's own charset; the property has another name since JDK 19. */
	private static Charset charset() {
		String name = System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
		return (name != null && Charset.isSupported(name)) ? Charset.forName(name) : Charset.defaultCharset();
	}

	private synchronized void keep(byte[] bytes, int offset, int length) {
		for (int i = Math.max(0, length - MAX_BYTES); i < length; i++) {
			this.ring[(int) ((this.written + i) % MAX_BYTES)] = bytes[offset + i];
		}
		this.written += length;
	}

	synchronized List<String> lines() {
		int length = (int) Math.min(this.written, MAX_BYTES);
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = this.ring[(int) ((this.written - length + i) % MAX_BYTES)];
		}
		List<String> lines = new String(bytes, charset()).lines().toList();
		return lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size());
	}

	/** Writes to the original stream, and keeps the bytes until the worker is ready. */
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
			if (!BootLogCapture.this.agent.isReady()) {
				keep(bytes, offset, length);
			}
		}

	}

}
