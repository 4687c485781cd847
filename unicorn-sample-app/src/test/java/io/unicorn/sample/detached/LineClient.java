package io.unicorn.sample.detached;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import io.unicorn.sample.testsupport.pool.RunningPool;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection to {@link LineServer}.
 */
final class LineClient implements Closeable {

	private final Socket socket;

	private final BufferedReader in;

	LineClient(int port) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
		this.socket.setSoTimeout((int) RunningPool.PATIENCE.toMillis());
		this.in = new BufferedReader(new InputStreamReader(this.socket.getInputStream(), StandardCharsets.US_ASCII));
	}

	void send(String line) throws IOException {
		this.socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
	}

	/** The next line, or {@code null} if the server has ended the connection. */
	@Nullable String read() throws IOException {
		return this.in.readLine();
	}

	/** The id of the process that has answered the line. */
	String pidThatAnswers(String line) throws IOException {
		send(line);
		String answer = read();
		if (answer == null || !answer.endsWith(" " + line)) {
			throw new EOFException("the line '" + line + "' was answered by '" + answer + "'");
		}
		return answer.substring(0, answer.indexOf(' '));
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
