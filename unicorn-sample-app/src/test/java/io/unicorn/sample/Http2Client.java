package io.unicorn.sample;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/**
 * An HTTP/2 client that sends the frames it is told to and shows those that come back.
 */
final class Http2Client {

	static final int DATA = 0;

	static final int HEADERS = 1;

	static final int GOAWAY = 7;

	private static final int SETTINGS = 4;

	private static final int PING = 6;

	private static final int ACK = 1;

	private static final int END_STREAM = 1;

	private static final int END_HEADERS = 4;

	private static final int INDEXED = 0x80;

	private static final int AUTHORITY = 1;

	private static final int METHOD_GET = 2;

	private static final int METHOD_POST = 3;

	private static final int PATH = 4;

	private static final int SCHEME_HTTP = 6;

	private static final int SCHEME_HTTPS = 7;

	private final RawConnection connection;

	private final DataInputStream in;

	private final List<Frame> unread = new ArrayList<>();

	record Frame(int type, int flags, int stream, ByteBuffer payload) {

		boolean endsStream() {
			return this.type == DATA && (this.flags & END_STREAM) != 0;
		}

		@Override
		public String toString() {
			return "type %d, stream %d: %s".formatted(this.type, this.stream,
					StandardCharsets.ISO_8859_1.decode(this.payload.duplicate()));
		}

		/** Of a GOAWAY: the last stream that is or will be served. */
		int lastStream() {
			return this.payload.getInt(0);
		}

		/** Of a GOAWAY: why. */
		int error() {
			return this.payload.getInt(4);
		}

	}

	Http2Client(RawConnection connection) throws IOException {
		this.connection = connection;
		this.in = connection.input();
		connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
		send(SETTINGS, 0, 0, new byte[0]);
	}

	private void send(int type, int flags, int stream, byte[] payload) throws IOException {
		ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
		frame.putShort((short) (payload.length >> 8)).put((byte) payload.length);
		frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
		this.connection.send(frame.array());
	}

	void get(int stream, String path) throws IOException {
		send(HEADERS, END_HEADERS | END_STREAM, stream, head(METHOD_GET, path));
	}

	void post(int stream, String path) throws IOException {
		send(HEADERS, END_HEADERS, stream, head(METHOD_POST, path));
	}

	void data(int stream, byte[] data, boolean last) throws IOException {
		send(DATA, last ? END_STREAM : 0, stream, data);
	}

	/** A request's head in HPACK: numbers stand for entries of its static table. */
	private byte[] head(int method, String path) {
		ByteArrayOutputStream head = new ByteArrayOutputStream();
		head.write(INDEXED | method);
		head.write(INDEXED | (this.connection.isSecure() ? SCHEME_HTTPS : SCHEME_HTTP));
		literal(head, AUTHORITY, "localhost");
		literal(head, PATH, path);
		return head.toByteArray();
	}

	private static void literal(ByteArrayOutputStream head, int name, String value) {
		head.write(name);
		head.write(value.length());
		head.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
	}

	/** The first frame not shown yet that is as wanted. */
	Frame await(Predicate<Frame> wanted) throws IOException {
		for (Iterator<Frame> frames = this.unread.iterator(); frames.hasNext();) {
			Frame frame = frames.next();
			if (wanted.test(frame)) {
				frames.remove();
				return frame;
			}
		}
		while (true) {
			Frame frame = readFurther();
			if (wanted.test(frame)) {
				return frame;
			}
			this.unread.add(frame);
		}
	}

	Frame awaitGoAway() throws IOException {
		return await((frame) -> frame.type() == GOAWAY);
	}

	/** The body of a response, once it is complete. */
	String awaitAnswer(int stream) throws IOException {
		StringBuilder body = new StringBuilder();
		boolean last = false;
		while (!last) {
			Frame data = await((frame) -> frame.type() == DATA && frame.stream() == stream);
			body.append(StandardCharsets.UTF_8.decode(data.payload()));
			last = data.endsStream();
		}
		return body.toString();
	}

	/** Whether a frame on a stream has come and was not shown yet. */
	boolean hasHeardOf(int stream) {
		return this.unread.stream().anyMatch((frame) -> frame.stream() == stream);
	}

	private Frame readFurther() throws IOException {
		try {
			return read();
		}
		catch (IOException ex) {
			throw new IOException("the connection ended after " + this.unread, ex);
		}
	}

	private Frame read() throws IOException {
		int length = this.in.readUnsignedShort() << 8 | this.in.readUnsignedByte();
		int type = this.in.readUnsignedByte();
		int flags = this.in.readUnsignedByte();
		int stream = this.in.readInt();
		byte[] payload = new byte[length];
		this.in.readFully(payload);
		if (type == SETTINGS && (flags & ACK) == 0) {
			send(SETTINGS, ACK, 0, new byte[0]);
		}
		if (type == PING && (flags & ACK) == 0) {
			send(PING, ACK, 0, payload);
		}
		return new Frame(type, flags, stream, ByteBuffer.wrap(payload));
	}

}
