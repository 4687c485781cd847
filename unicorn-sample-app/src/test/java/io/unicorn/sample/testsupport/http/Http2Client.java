package io.unicorn.sample.testsupport.http;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * An HTTP/2 client that sends the frames it is told to and shows those that come back.
 */
public final class Http2Client {

	static final int DATA = 0;

	static final int HEADERS = 1;

	static final int RST_STREAM = 3;

	static final int GOAWAY = 7;

	private static final int WINDOW_UPDATE = 8;

	private static final int SETTINGS = 4;

	private static final int PING = 6;

	private static final int ACK = 1;

	private static final int END_STREAM = 1;

	private static final int END_HEADERS = 4;

	private static final int INDEXED = 0x80;

	private static final int NEW_NAME = 0;

	private static final int AUTHORITY = 1;

	private static final int METHOD_GET = 2;

	private static final int METHOD_POST = 3;

	private static final int PATH = 4;

	private static final int SCHEME_HTTP = 6;

	private static final int SCHEME_HTTPS = 7;

	private final DataInputStream in;

	private final OutputStream out;

	private final boolean secure;

	private final List<Frame> unread = new ArrayList<>();

	public record Frame(int type, int flags, int stream, ByteBuffer payload) {

		boolean endsStream() {
			return (this.type == DATA || this.type == HEADERS) && (this.flags & END_STREAM) != 0;
		}

		@Override
		public String toString() {
			return "type %d, stream %d: %s".formatted(this.type, this.stream,
					StandardCharsets.ISO_8859_1.decode(this.payload.duplicate()));
		}

		/** Of a GOAWAY: the last stream that is or will be served. */
		public int lastStream() {
			return this.payload.getInt(0);
		}

		/** Of a GOAWAY or RST_STREAM: why. */
		public int error() {
			return this.payload.getInt((this.type == GOAWAY) ? 4 : 0);
		}

	}

	/**
	 * Begin to speak HTTP/2.
	 * @param secure whether it is on top of TLS
	 */
	Http2Client(InputStream in, OutputStream out, boolean secure) throws IOException {
		this.in = new DataInputStream(in);
		this.out = out;
		this.secure = secure;
		out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		send(SETTINGS, 0, 0, new byte[0]);
	}

	private void send(int type, int flags, int stream, byte[] payload) throws IOException {
		ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
		frame.putShort((short) (payload.length >> 8)).put((byte) payload.length);
		frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
		this.out.write(frame.array());
		this.out.flush();
	}

	public void get(int stream, String path) throws IOException {
		send(HEADERS, END_HEADERS | END_STREAM, stream, head(METHOD_GET, path));
	}

	public void post(int stream, String path) throws IOException {
		send(HEADERS, END_HEADERS, stream, head(METHOD_POST, path));
	}

	/** A whole request, with fields that are not in HPACK's static table. */
	void post(int stream, String path, Map<String, String> fields, byte[] body) throws IOException {
		ByteArrayOutputStream head = new ByteArrayOutputStream();
		head.writeBytes(head(METHOD_POST, path));
		fields.forEach((name, value) -> {
			literal(head, NEW_NAME, name);
			literal(head, value);
		});
		send(HEADERS, END_HEADERS, stream, head.toByteArray());
		data(stream, body, true);
	}

	public void data(int stream, byte[] data, boolean last) throws IOException {
		send(DATA, last ? END_STREAM : 0, stream, data);
	}

	/** A request's head in HPACK: numbers stand for entries of its static table. */
	private byte[] head(int method, String path) {
		ByteArrayOutputStream head = new ByteArrayOutputStream();
		head.write(INDEXED | method);
		head.write(INDEXED | (this.secure ? SCHEME_HTTPS : SCHEME_HTTP));
		literal(head, AUTHORITY, "localhost");
		literal(head, PATH, path);
		return head.toByteArray();
	}

	private static void literal(ByteArrayOutputStream head, int name, String value) {
		head.write(name);
		literal(head, value);
	}

	private static void literal(ByteArrayOutputStream head, String value) {
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

	public Frame awaitGoAway() throws IOException {
		return await((frame) -> frame.type() == GOAWAY);
	}

	/** The body of a response, once it is complete. */
	public String awaitAnswer(int stream) throws IOException {
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
	boolean hasFrameOn(int stream) {
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

	/** The next frame, whatever it is. */
	Frame read() throws IOException {
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
		if (type == DATA && length > 0) {
			send(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
		}
		return new Frame(type, flags, stream, ByteBuffer.wrap(payload));
	}

}
