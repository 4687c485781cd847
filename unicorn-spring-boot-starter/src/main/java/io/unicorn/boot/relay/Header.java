package io.unicorn.boot.relay;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A header of a request or response.
 */
public record Header(String name, String value) {

	/** More than any request has; a count decides how much is allocated. */
	private static final int MOST = 1000;

	static void write(DataOutputStream out, List<Header> headers) throws IOException {
		out.writeInt(headers.size());
		for (Header header : headers) {
			out.writeUTF(header.name());
			out.writeUTF(header.value());
		}
	}

	static List<Header> read(DataInputStream in) throws IOException {
		int count = in.readInt();
		if (count < 0 || count > MOST) {
			throw new IOException("a request cannot have " + count + " headers");
		}
		List<Header> headers = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			headers.add(new Header(in.readUTF(), in.readUTF()));
		}
		return headers;
	}

}
