package io.unicorn.sample.detached;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/**
 * A client of {@link LineServer}. Once the server ends, it ends between two lines, but
 * not before the first one: who has connected a moment ago is about to send it.
 */
final class LineConnection {

	/** Is answered a while after the server was told to end. */
	static final String WAIT = "wait";

	private static final int INTERVAL_MILLIS = 50;

	/** Longer than a worker stays that waits for no connection. */
	private static final int WORK_MILLIS = 3000;

	private static final int END_OF_STREAM = -1;

	private final Socket socket;

	private final CountDownLatch ending;

	private boolean answered;

	LineConnection(Socket socket, CountDownLatch ending) {
		this.socket = socket;
		this.ending = ending;
	}

	void serve() {
		try (Socket open = this.socket) {
			open.setSoTimeout(INTERVAL_MILLIS);
			InputStream in = open.getInputStream();
			for (int first = first(in); first != END_OF_STREAM; first = first(in)) {
				String line = line(first, in);
				if (line.equals(WAIT)) {
					System.out.println("a line waits for the drain");
					this.ending.await();
					Thread.sleep(WORK_MILLIS);
				}
				String answer = ProcessHandle.current().pid() + " " + line + "\n";
				open.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
				this.answered = true;
			}
		}
		catch (IOException ex) {
			// The client has gone.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** The same thread reads and ends, so no line is read and then dropped. */
	private int first(InputStream in) throws IOException {
		while (true) {
			try {
				return in.read();
			}
			catch (SocketTimeoutException ex) {
				if (this.answered && this.ending.getCount() == 0) {
					return END_OF_STREAM;
				}
			}
		}
	}

	/** The clients send a line at once. */
	private static String line(int first, InputStream in) throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int next = first; next != '\n' && next != END_OF_STREAM; next = in.read()) {
			line.write(next);
		}
		return line.toString(StandardCharsets.US_ASCII);
	}

}
