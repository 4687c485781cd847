package io.unicorn.boot.relay;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * A client's request for another worker than the one that has got it. It has the client's
 * own headers, so that the filters of the other worker decide as if the client had
 * reached it.
 *
 * @param method the method of HTTP
 * @param origin what the client has addressed, and from where
 * @param path the path as it is in a request line, encoded
 * @param query the query, encoded; empty if there is none
 * @param headers the headers
 * @param body the body; empty if there is none
 * @param wanted what the answer is to contain
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record RelayedRequest(String method, Origin origin, String path, String query, List<Header> headers, byte[] body,
		Wanted wanted) {

	/**
	 * What the answer is to contain.
	 */
	public enum Wanted {

		/** The response. */
		RESPONSE,

		/** The status alone. */
		STATUS,

		/** The name of a file that holds the body. */
		FILE

	}

	/**
	 * How the worker that the client has reached sees the connection.
	 *
	 * @param scheme {@code http} or {@code https}
	 * @param server the name of the host
	 * @param port the port of the host
	 * @param remote the address of the client
	 */
	public record Origin(String scheme, String server, int port, String remote) {

	}

	/**
	 * The attribute of a request that another worker has passed on. No client can set it.
	 */
	public static final String ATTRIBUTE = "io.unicorn.relayed";

	/** Workers of two versions may serve during a roll-out. */
	private static final int VERSION = 1;

	public RelayedRequest {
		headers = List.copyOf(headers);
	}

	/**
	 * Return the request as bytes.
	 */
	public byte[] toBytes() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (DataOutputStream out = new DataOutputStream(bytes)) {
			out.writeByte(VERSION);
			out.writeUTF(this.method);
			out.writeUTF(this.origin.scheme());
			out.writeUTF(this.origin.server());
			out.writeInt(this.origin.port());
			out.writeUTF(this.origin.remote());
			out.writeUTF(this.path);
			out.writeUTF(this.query);
			Header.write(out, this.headers);
			out.writeInt(this.body.length);
			out.write(this.body);
			out.writeUTF(this.wanted.name());
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("the request is too long", ex);
		}
		return bytes.toByteArray();
	}

	/**
	 * Return the request in these bytes.
	 * @throws IOException if another version of this code has written them
	 */
	public static RelayedRequest of(byte[] bytes) throws IOException {
		DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
		int version = in.readUnsignedByte();
		if (version != VERSION) {
			throw new IOException("version " + version + " of a request is not known");
		}
		return new RelayedRequest(in.readUTF(), new Origin(in.readUTF(), in.readUTF(), in.readInt(), in.readUTF()),
				in.readUTF(), in.readUTF(), Header.read(in), in.readNBytes(in.readInt()), Wanted.valueOf(in.readUTF()));
	}

}
