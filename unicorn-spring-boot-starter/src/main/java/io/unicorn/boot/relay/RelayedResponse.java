package io.unicorn.boot.relay;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The response of another worker.
 *
 * @param status the status of HTTP
 * @param contentType the type of the body; empty if there is none
 * @param headers the other headers that matter to the client
 * @param body the body
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record RelayedResponse(int status, String contentType, List<Header> headers, byte[] body) {

	private static final int VERSION = 1;

	public RelayedResponse {
		headers = List.copyOf(headers);
	}

	/**
	 * Return a response that tells why there is no other.
	 * @param status the status of HTTP
	 * @param message the reason
	 */
	public static RelayedResponse failed(int status, String message) {
		return json(status, "message", message);
	}

	/**
	 * Return a response with one field.
	 * @param status the status of HTTP
	 */
	public static RelayedResponse json(int status, String name, String value) {
		String body = "{\"" + name + "\":\"" + escape(value) + "\"}";
		return new RelayedResponse(status, "application/json", List.of(), body.getBytes(StandardCharsets.UTF_8));
	}

	private static String escape(String text) {
		StringBuilder escaped = new StringBuilder();
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if (character == '"' || character == '\\') {
				escaped.append('\\').append(character);
			}
			else {
				escaped.append((character < ' ') ? ' ' : character);
			}
		}
		return escaped.toString();
	}

	/**
	 * Return the response as bytes.
	 */
	public byte[] toBytes() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(this.body.length + 512);
		try (DataOutputStream out = new DataOutputStream(bytes)) {
			out.writeByte(VERSION);
			out.writeShort(this.status);
			out.writeUTF(this.contentType);
			Header.write(out, this.headers);
			out.write(this.body);
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("the response has a header that is too long", ex);
		}
		return bytes.toByteArray();
	}

	/**
	 * Return the response in these bytes.
	 * @throws IOException if another version of this code has written them
	 */
	public static RelayedResponse of(byte[] bytes) throws IOException {
		DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
		int version = in.readUnsignedByte();
		if (version != VERSION) {
			throw new IOException("version " + version + " of a response is not known");
		}
		return new RelayedResponse(in.readUnsignedShort(), in.readUTF(), Header.read(in), in.readAllBytes());
	}

}
