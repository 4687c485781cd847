package io.unicorn.sample.detached;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.http.Http2Connection;
import io.unicorn.sample.testsupport.http.Response;
import org.jspecify.annotations.Nullable;

/**
 * Calls the echo service frame by frame, so that no library repeats a call. Leaves a
 * connection when the server says so, and after some calls.
 */
final class GrpcClient implements CountedLoad.Client {

	private static final int PREFIX = 5;

	private static final Map<String, String> FIELDS = Map.of("content-type", "application/grpc", "te", "trailers");

	private final int port;

	private final int callsPerConnection;

	private int calls;

	private @Nullable Http2Connection connection;

	GrpcClient(int port, int callsPerConnection) {
		this.port = port;
		this.callsPerConnection = callsPerConnection;
	}

	@Override
	public String exchange() throws IOException {
		Http2Connection open = this.connection;
		if (open == null) {
			open = Dialer.to(this.port).dialHttp2();
			this.connection = open;
			this.calls = 0;
		}
		try {
			String answer = call(open, "hello");
			this.calls++;
			if (open.isEnding() || this.calls == this.callsPerConnection) {
				close();
			}
			return answer;
		}
		catch (IOException ex) {
			close();
			throw ex;
		}
	}

	private static String call(Http2Connection connection, String message) throws IOException {
		byte[] text = message.getBytes(StandardCharsets.US_ASCII);
		byte[] body = ByteBuffer.allocate(PREFIX + text.length).put((byte) 0).putInt(text.length).put(text).array();
		connection.post("/Echo/Call", FIELDS, body);
		Response response = connection.receive().orElseThrow(() -> new IOException("the call was refused"));
		// A call that fails has no message.
		String answer = (response.length() > PREFIX)
				? new String(response.body(), PREFIX, response.length() - PREFIX, StandardCharsets.US_ASCII) : "";
		if (response.status() != 200 || !answer.endsWith(" " + message)) {
			throw new IOException("the call was answered by " + response);
		}
		return answer.substring(0, answer.indexOf(' '));
	}

	@Override
	public void close() {
		Http2Connection open = this.connection;
		this.connection = null;
		if (open != null) {
			open.close();
		}
	}

}
