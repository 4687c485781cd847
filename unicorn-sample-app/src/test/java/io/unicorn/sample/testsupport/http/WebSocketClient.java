package io.unicorn.sample.testsupport.http;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A WebSocket client that sends the frames it is told to and shows those that come back.
 */
public final class WebSocketClient {

	private static final int FINAL = 0x80;

	private static final int TEXT = 1;

	private static final int CLOSE = 8;

	/** All zeros, which leave the payload unchanged. */
	private static final byte[] MASK = new byte[4];

	private final RawConnection connection;

	private final DataInputStream in;

	/**
	 * Upgrade a connection.
	 */
	public WebSocketClient(RawConnection connection) throws IOException {
		this.connection = connection;
		this.in = connection.input();
		connection.get("/ws", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
				"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
		String head = connection.head();
		if (!head.startsWith("HTTP/1.1 101 ")) {
			throw new IOException("no WebSocket: " + head);
		}
	}

	public String echo(String text) throws IOException {
		send(TEXT, text.getBytes(StandardCharsets.UTF_8));
		return new String(read(TEXT), StandardCharsets.UTF_8);
	}

	/** Wait for the server to close, and return the code with which it does. */
	public int awaitClose() throws IOException {
		return ByteBuffer.wrap(read(CLOSE)).getShort();
	}

	public void close(int code) throws IOException {
		send(CLOSE, ByteBuffer.allocate(2).putShort((short) code).array());
	}

	private void send(int opcode, byte[] payload) throws IOException {
		ByteBuffer frame = ByteBuffer.allocate(2 + MASK.length + payload.length);
		frame.put((byte) (FINAL | opcode)).put((byte) (0x80 | payload.length)).put(MASK).put(payload);
		this.connection.send(frame.array());
	}

	private byte[] read(int opcode) throws IOException {
		int first = this.in.readUnsignedByte();
		int length = this.in.readUnsignedByte();
		byte[] payload = new byte[length];
		this.in.readFully(payload);
		if (first != (FINAL | opcode)) {
			throw new IOException("unexpected frame " + Integer.toHexString(first));
		}
		return payload;
	}

}
