package io.unicorn.boot.relay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RelayedRequestTests {

	private static RelayedRequest request(List<Header> headers, byte[] body) {
		return new RelayedRequest("POST", new RelayedRequest.Origin("https", "example.org", 8443, "192.0.2.7"),
				"/app/actuator/loggers/a%20b", "x=1&y=%C3%BC", headers, body, RelayedRequest.Wanted.STATUS);
	}

	@Test
	void aRequestArrivesAsItWasSent() throws IOException {
		List<Header> headers = List.of(new Header("Accept", "a/b"), new Header("Accept", "c/d"), new Header("X", ""));
		RelayedRequest sent = request(headers, "{}".getBytes(StandardCharsets.UTF_8));
		RelayedRequest received = RelayedRequest.of(sent.toBytes());
		assertThat(received).usingRecursiveComparison().isEqualTo(sent);
	}

	@Test
	void aResponseArrivesAsItWasSent() throws IOException {
		RelayedResponse sent = new RelayedResponse(206, "text/plain;charset=UTF-8",
				List.of(new Header("Content-Range", "bytes 0-1/2")), new byte[] { 1, 2 });
		assertThat(RelayedResponse.of(sent.toBytes())).usingRecursiveComparison().isEqualTo(sent);
	}

	@Test
	void anotherVersionAndAWrongCountAreRefused() {
		byte[] request = request(List.of(), new byte[0]).toBytes();
		request[0] = 2;
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> RelayedRequest.of(request))
			.withMessage("version 2 of a request is not known");
		byte[] response = { 1, 0, (byte) 200, 0, 0, 0x7f, 0, 0, 0 };
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> RelayedResponse.of(response))
			.withMessageContaining("headers");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> RelayedResponse.of(new byte[0]));
	}

	@Test
	void aHeaderThatIsTooLongIsRefused() {
		RelayedRequest request = request(List.of(new Header("X", "x".repeat(70_000))), new byte[0]);
		assertThatIllegalArgumentException().isThrownBy(request::toBytes);
	}

	@Test
	void aMessageIsAJsonDocument() {
		RelayedResponse response = RelayedResponse.failed(504, "worker 1 \"größer\" \\ has\nnot");
		assertThat(new String(response.body(), StandardCharsets.UTF_8))
			.isEqualTo("{\"message\":\"worker 1 \\\"größer\\\" \\\\ has not\"}");
		assertThat(response.status()).isEqualTo(504);
	}

}
