package io.unicorn.sample.detached;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.unicorn.sample.testsupport.pool.RunningPool;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over RSocket frame by frame, so that no library repeats one. Leaves a
 * connection when the server asks for it, and after some requests.
 */
final class RSocketClient implements CountedLoad.Client {

	private static final int SETUP = 0x01;

	private static final int REQUEST_RESPONSE = 0x04;

	private static final int PAYLOAD = 0x0a;

	private static final int METADATA_PUSH = 0x0c;

	/** The stream, type and flags of a frame. */
	private static final int HEAD = 6;

	private static final String TEXT = "text/plain";

	private final int port;

	private final int requestsPerConnection;

	private @Nullable Connection connection;

	RSocketClient(int port, int requestsPerConnection) {
		this.port = port;
		this.requestsPerConnection = requestsPerConnection;
	}

	@Override
	public String exchange() throws IOException {
		Connection open = this.connection;
		if (open == null) {
			open = new Connection(this.port);
			this.connection = open;
		}
		try {
			String answer = open.request("hello");
			if (open.isToBeLeft() || open.requests() == this.requestsPerConnection) {
				close();
			}
			return answer.substring(0, answer.indexOf(' '));
		}
		catch (IOException ex) {
			close();
			throw ex;
		}
	}

	@Override
	public void close() {
		Connection open = this.connection;
		this.connection = null;
		if (open != null) {
			open.close();
		}
	}

	private static final class Connection {

		private final Socket socket;

		private final DataInputStream in;

		private int requests;

		private boolean leaving;

		Connection(int port) throws IOException {
			this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
			this.socket.setSoTimeout((int) RunningPool.PATIENCE.toMillis());
			this.in = new DataInputStream(this.socket.getInputStream());
			ByteBuffer setup = ByteBuffer.allocate(3 * Integer.BYTES + 2 * (1 + TEXT.length()))
				.putInt(1 << 16)
				.putInt(600_000)
				.putInt(3_600_000);
			for (int i = 0; i < 2; i++) {
				setup.put((byte) TEXT.length()).put(TEXT.getBytes(StandardCharsets.US_ASCII));
			}
			send(0, SETUP, setup.array());
		}

		private void send(int stream, int type, byte[] content) throws IOException {
			ByteArrayOutputStream frame = new ByteArrayOutputStream();
			try (DataOutputStream out = new DataOutputStream(frame)) {
				int length = HEAD + content.length;
				out.writeByte(length >> 16);
				out.writeShort(length);
				out.writeInt(stream);
				out.writeShort(type << 10);
				out.write(content);
			}
			this.socket.getOutputStream().write(frame.toByteArray());
		}

		String request(String text) throws IOException {
			this.requests++;
			int stream = 2 * this.requests - 1;
			send(stream, REQUEST_RESPONSE, text.getBytes(StandardCharsets.US_ASCII));
			while (true) {
				byte[] content = new byte[(this.in.readUnsignedByte() << 16) + this.in.readUnsignedShort() - HEAD];
				int of = this.in.readInt();
				int type = this.in.readUnsignedShort() >> 10;
				this.in.readFully(content);
				String answer = new String(content, StandardCharsets.US_ASCII);
				if (type == METADATA_PUSH && answer.equals("leave")) {
					this.leaving = true;
				}
				else if (type == PAYLOAD && of == stream && answer.endsWith(" " + text)) {
					return answer;
				}
				else {
					throw new IOException("a frame of type " + type + " for stream " + of + ": " + answer);
				}
			}
		}

		int requests() {
			return this.requests;
		}

		boolean isToBeLeft() {
			return this.leaving;
		}

		void close() {
			try {
				this.socket.close();
			}
			catch (IOException ex) {
				// The server sees its end in any case.
			}
		}

	}

}
