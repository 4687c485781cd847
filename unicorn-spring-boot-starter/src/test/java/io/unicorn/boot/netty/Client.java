package io.unicorn.boot.netty;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A connection to a server on this machine. Reads what comes, and repeats nothing.
 */
final class Client implements AutoCloseable {

	private static final byte[] NO_MASK = new byte[4];

	private final Socket socket = new Socket();

	private final DataInputStream in;

	Client(int port) throws IOException {
		this.socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
		this.socket.setSoTimeout(20_000);
		this.in = new DataInputStream(this.socket.getInputStream());
	}

	void timeout(int millis) throws IOException {
		this.socket.setSoTimeout(millis);
	}

	Client get(String path, String... headers) throws IOException {
		return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n"
				+ String.join("", Arrays.stream(headers).map((header) -> header + "\r\n").toList()) + "\r\n");
	}

	Client send(String text) throws IOException {
		return send(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	Client send(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
		return this;
	}

	Response response() throws IOException {
		String head = head();
		String lower = head.toLowerCase(Locale.ROOT);
		String body = lower.contains("transfer-encoding: chunked") ? chunks() : text(length(lower));
		return new Response(Integer.parseInt(head.substring(9, 12)), lower.contains("connection: close"), body);
	}

	String head() throws IOException {
		StringBuilder head = new StringBuilder();
		String line = line();
		while (!line.isEmpty()) {
			head.append(line).append('\n');
			line = line();
		}
		return head.toString();
	}

	/** Read a body to its last chunk. */
	String chunks() throws IOException {
		StringBuilder body = new StringBuilder();
		String chunk = chunk();
		while (!chunk.isEmpty()) {
			body.append(chunk);
			chunk = chunk();
		}
		return body.toString();
	}

	String chunk() throws IOException {
		String chunk = text(Integer.parseInt(line(), 16));
		line();
		return chunk;
	}

	private static int length(String head) {
		int at = head.indexOf("content-length:");
		return (at < 0) ? 0 : Integer.parseInt(head.substring(at + 15, head.indexOf('\n', at)).strip());
	}

	private String text(int length) throws IOException {
		byte[] bytes = new byte[length];
		this.in.readFully(bytes);
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

	private String line() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int next = this.in.readUnsignedByte(); next != '\n'; next = this.in.readUnsignedByte()) {
			if (next != '\r') {
				line.write(next);
			}
		}
		return line.toString(StandardCharsets.ISO_8859_1);
	}

	void upgradeToWebSocket() throws IOException {
		get("/ws", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
				"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
		if (!head().startsWith("HTTP/1.1 101 ")) {
			throw new IOException("no WebSocket");
		}
	}

	void sendFrame(int operation, byte[] payload) throws IOException {
		send(ByteBuffer.allocate(2 + NO_MASK.length + payload.length)
			.put((byte) (0x80 | operation))
			.put((byte) (0x80 | payload.length))
			.put(NO_MASK)
			.put(payload)
			.array());
	}

	/** Read a frame of the given kind. */
	byte[] frame(int operation) throws IOException {
		int first = this.in.readUnsignedByte();
		byte[] payload = new byte[this.in.readUnsignedByte()];
		this.in.readFully(payload);
		if (first != (0x80 | operation)) {
			throw new IOException("another frame: " + Integer.toHexString(first));
		}
		return payload;
	}

	/** Read a frame of HTTP/2. */
	Http2Frame http2Frame() throws IOException {
		int length = this.in.readUnsignedShort() << 8 | this.in.readUnsignedByte();
		int type = this.in.readUnsignedByte();
		int flags = this.in.readUnsignedByte();
		int stream = this.in.readInt();
		byte[] payload = new byte[length];
		this.in.readFully(payload);
		return new Http2Frame(type, flags, stream, ByteBuffer.wrap(payload));
	}

	void sendHttp2Frame(int type, int flags, int stream, byte[] payload) throws IOException {
		send(ByteBuffer.allocate(9 + payload.length)
			.putShort((short) (payload.length >> 8))
			.put((byte) payload.length)
			.put((byte) type)
			.put((byte) flags)
			.putInt(stream)
			.put(payload)
			.array());
	}

	/** Whether the server has ended the connection, in order. */
	boolean hasEnded() throws IOException {
		try {
			this.in.readByte();
			return false;
		}
		catch (EOFException ex) {
			return true;
		}
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	/** A response, and whether it says that it is the last one. */
	record Response(int status, boolean last, String body) {

	}

	/** A frame of HTTP/2. */
	record Http2Frame(int type, int flags, int stream, ByteBuffer payload) {

	}

}
