package io.unicorn.boot.warmup;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One connection of HTTP/2 (RFC 9113), on which one stream follows the other. It reads of
 * an answer where it ends, and no more: what the status is has been seen with HTTP/1.1.
 */
final class Http2Conversation extends Conversation {

	private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

	private static final int DATA = 0;

	private static final int HEADERS = 1;

	private static final int RST_STREAM = 3;

	private static final int SETTINGS = 4;

	private static final int PING = 6;

	private static final int GOAWAY = 7;

	private static final int WINDOW_UPDATE = 8;

	/** The flag of DATA and HEADERS that ends a stream. */
	private static final int END_STREAM = 1;

	/** The flag of SETTINGS and PING that answers another frame. */
	private static final int ACK = 1;

	private static final int END_HEADERS = 4;

	private static final short INITIAL_WINDOW_SIZE = 4;

	private static final int LARGEST_WINDOW = Integer.MAX_VALUE;

	/** The window of a connection cannot be set, only made larger. */
	private static final int FIRST_WINDOW = 65_535;

	/** Nobody may send a longer frame to who has not asked for it. */
	private static final int LARGEST_FRAME = 16_384;

	// Header fields by their number in the static table of HPACK (RFC 7541): whole
	// ones, and names that a value follows which is not to be kept.

	private static final int METHOD_GET = 0x82;

	private static final int SCHEME_HTTP = 0x86;

	private static final int SCHEME_HTTPS = 0x87;

	private static final int ACCEPT_ENCODING_GZIP_DEFLATE = 0x90;

	private static final int AUTHORITY = 1;

	private static final int PATH = 4;

	private static final int ACCEPT = 19;

	private static final int USER_AGENT = 58;

	private final OutputStream out;

	private final DataInputStream in;

	private final boolean encrypted;

	/**
	 * Begin to talk.
	 * @param socket the connection, which is closed with this conversation
	 * @param encrypted whether that is one of TLS
	 * @param deadline the {@link System#nanoTime()} at which all answers must be there
	 */
	Http2Conversation(Socket socket, boolean encrypted, long deadline) throws IOException {
		super(socket, deadline);
		this.encrypted = encrypted;
		this.out = socket.getOutputStream();
		this.in = new DataInputStream(socket.getInputStream());
	}

	@Override
	int exchange(String target, int before) throws IOException {
		ByteArrayOutputStream request = new ByteArrayOutputStream();
		if (before == 0) {
			request.writeBytes(PREFACE.getBytes(StandardCharsets.US_ASCII));
			request.writeBytes(frame(SETTINGS, 0, 0,
					ByteBuffer.allocate(6).putShort(INITIAL_WINDOW_SIZE).putInt(LARGEST_WINDOW).array()));
			request.writeBytes(
					frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(LARGEST_WINDOW - FIRST_WINDOW).array()));
		}
		int stream = 2 * before + 1;
		request.writeBytes(frame(HEADERS, END_STREAM | END_HEADERS, stream, fields(target)));
		send(request.toByteArray());
		while (!endsStream(stream)) {
			limitWait();
		}
		return UNKNOWN;
	}

	/** Read a frame, and return whether it ends the stream. */
	private boolean endsStream(int stream) throws IOException {
		int lengthAndType = this.in.readInt();
		int length = lengthAndType >>> 8;
		int type = lengthAndType & 0xff;
		int flags = this.in.readUnsignedByte();
		int of = this.in.readInt() & Integer.MAX_VALUE;
		if (length > LARGEST_FRAME) {
			throw new IOException("no answer of HTTP/2");
		}
		byte[] payload = new byte[length];
		this.in.readFully(payload);
		if (type == GOAWAY) {
			end();
		}
		else if ((type == SETTINGS || type == PING) && (flags & ACK) == 0) {
			send(frame(type, ACK, 0, (type == PING) ? payload : new byte[0]));
		}
		else if (type == RST_STREAM && of == stream) {
			throw new IOException("the server has reset the stream");
		}
		return (type == DATA || type == HEADERS) && of == stream && (flags & END_STREAM) != 0;
	}

	private void send(byte[] bytes) throws IOException {
		this.out.write(bytes);
		this.out.flush();
	}

	private static byte[] frame(int type, int flags, int stream, byte[] payload) {
		return ByteBuffer.allocate(9 + payload.length)
			.putInt((payload.length << 8) | type)
			.put((byte) flags)
			.putInt(stream)
			.put(payload)
			.array();
	}

	private byte[] fields(String target) throws IOException {
		ByteArrayOutputStream fields = new ByteArrayOutputStream();
		fields.write(METHOD_GET);
		fields.write(this.encrypted ? SCHEME_HTTPS : SCHEME_HTTP);
		field(fields, PATH, target);
		field(fields, AUTHORITY, "localhost");
		field(fields, USER_AGENT, Http1Conversation.USER_AGENT);
		field(fields, ACCEPT, "*/*");
		fields.write(ACCEPT_ENCODING_GZIP_DEFLATE);
		if (fields.size() > LARGEST_FRAME) {
			throw new IOException("the path is too long for HTTP/2");
		}
		return fields.toByteArray();
	}

	/** A literal that is not kept in the dynamic table: a prefix of four bits. */
	private static void field(ByteArrayOutputStream fields, int name, String value) {
		integer(fields, 4, name);
		byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
		integer(fields, 7, bytes.length);
		fields.writeBytes(bytes);
	}

	/** An integer with a prefix of some bits, as HPACK writes it. */
	private static void integer(ByteArrayOutputStream fields, int prefix, int value) {
		int most = (1 << prefix) - 1;
		if (value < most) {
			fields.write(value);
			return;
		}
		fields.write(most);
		int rest = value - most;
		while (rest >= 0x80) {
			fields.write((rest & 0x7f) | 0x80);
			rest >>>= 7;
		}
		fields.write(rest);
	}

}
