package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.unicorn.boot.relay.Header;
import io.unicorn.boot.relay.RelayService;
import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.relay.RelayedRequest.Wanted;
import io.unicorn.boot.relay.RelayedResponse;
import io.unicorn.worker.RequestLedger;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class RelayedRequestsTests {

	@TempDir
	private Path directory;

	private final RequestLedger ledger = new RequestLedger(0, () -> {
	});

	private PooledTomcat tomcat;

	private RelayService requests;

	/** Answers in the way that its path names. */
	private static final class Servlet extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
			switch (request.getRequestURI()) {
				case "/describe%20it" -> describe(request, response);
				case "/big" -> {
					byte[] chunk = new byte[1 << 20];
					for (int i = 0; i < Integer.parseInt(request.getParameter("megabytes")); i++) {
						response.getOutputStream().write(chunk);
					}
				}
				case "/private" -> {
					response.setHeader("WWW-Authenticate", "Basic");
					response.setHeader("Set-Cookie", "a=b");
					response.sendError(401);
				}
				case "/async" -> request.startAsync().complete();
				case "/fail" -> throw new IllegalStateException("on purpose");
				default -> response.setStatus(204);
			}
		}

		private static void describe(HttpServletRequest request, HttpServletResponse response) throws IOException {
			byte[] body = request.getInputStream().readAllBytes();
			response.setContentType("text/plain;charset=UTF-8");
			response.getWriter()
				.print(request.getMethod() + " " + request.getRequestURL() + "?" + request.getQueryString() + " from "
						+ request.getRemoteAddr() + " secure " + request.isSecure() + " " + request.getParameter("x")
						+ " accepts " + request.getHeader("Accept") + " sends " + request.getContentLength() + " "
						+ request.getContentType() + " " + new String(body, StandardCharsets.UTF_8) + " "
						+ request.getAttribute(RelayedRequest.ATTRIBUTE));
		}

	}

	@BeforeEach
	void start() throws Exception {
		ServerSocketChannel listener = ServerSocketChannel.open()
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		this.tomcat = new PooledTomcat(listener, this.directory, this.ledger, new Servlet());
		this.tomcat.protocol().startAccepting();
		this.requests = new RelayService(new RelayedRequests(this.tomcat.connector()));
	}

	@AfterEach
	void stop() throws Exception {
		this.tomcat.close();
	}

	private RelayedResponse send(String path, String query, Wanted wanted) throws IOException {
		RelayedRequest request = new RelayedRequest("POST",
				new RelayedRequest.Origin("https", "example.org", 8443, "192.0.2.7"), path, query,
				List.of(new Header("Host", "example.org:8443"), new Header("Accept", "a/b"),
						new Header("Content-Type", "text/x")),
				"größer".getBytes(StandardCharsets.UTF_8), wanted);
		return RelayedResponse.of(this.requests.apply(request.toBytes()));
	}

	private static String text(RelayedResponse response) {
		return new String(response.body(), StandardCharsets.UTF_8);
	}

	@Test
	void theContainerSeesTheRequestOfTheClient() throws IOException {
		RelayedResponse response = send("/describe%20it", "x=%C3%BC", Wanted.RESPONSE);
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.contentType()).isEqualTo("text/plain;charset=UTF-8");
		assertThat(text(response)).isEqualTo("POST https://example.org:8443/describe%20it?x=%C3%BC from 192.0.2.7 "
				+ "secure true ü accepts a/b sends 8 text/x größer true");
	}

	@Test
	void itIsNotCountedAsARequestOfAClient() throws IOException {
		send("/describe%20it", "", Wanted.RESPONSE);
		send("/fail", "", Wanted.RESPONSE);
		assertThat(this.ledger.finished()).isZero();
		assertThat(this.ledger.errors()).isZero();
	}

	@Test
	void aRefusalIsPassedOnWithWhatTheClientNeedsAndNoCookie() throws IOException {
		RelayedResponse response = send("/private", "", Wanted.RESPONSE);
		assertThat(response.status()).isEqualTo(401);
		assertThat(response.headers()).containsExactly(new Header("WWW-Authenticate", "Basic"));
	}

	@Test
	void theStatusAloneIsSmall() throws IOException {
		assertThat(send("/nothing", "", Wanted.STATUS).status()).isEqualTo(204);
		RelayedResponse response = send("/big", "megabytes=2", Wanted.STATUS);
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.toBytes()).hasSizeLessThan(100);
	}

	@Test
	void anAnswerIsWholeOrRefused() throws IOException {
		assertThat(send("/big", "megabytes=3", Wanted.RESPONSE).body()).hasSize(3 << 20);
		RelayedResponse response = send("/big", "megabytes=5", Wanted.RESPONSE);
		assertThat(response.status()).isEqualTo(502);
		assertThat(text(response)).contains("is longer than 4128768 bytes");
	}

	@Test
	void aDumpOfAnySizeGoesToAFileThatOthersCannotRead() throws IOException {
		RelayedResponse response = send("/big", "megabytes=9", Wanted.FILE);
		assertThat(response.status()).isEqualTo(200);
		Path file = Path.of(text(response).replaceAll("\\{\"file\":\"(.*)\"}", "$1"));
		assertThat(file).hasSize(9 << 20);
		assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
		Files.delete(file);
	}

	@Test
	void whereThereIsNoDumpThereIsNoFile() throws IOException {
		RelayedResponse response = send("/private", "", Wanted.FILE);
		assertThat(response.status()).isEqualTo(401);
		assertThat(text(response)).isEmpty();
		Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
		try (DirectoryStream<Path> files = Files.newDirectoryStream(temporary,
				"heapdump-" + ProcessHandle.current().pid() + "-*")) {
			assertThat(files).isEmpty();
		}
	}

	@Test
	void whatFailsAnswersWithAnError() throws IOException {
		assertThat(send("/fail", "", Wanted.RESPONSE).status()).isEqualTo(500);
		RelayedResponse response = RelayedResponse.of(this.requests.apply(new byte[] { 9 }));
		assertThat(response.status()).isEqualTo(500);
		assertThat(text(response)).contains("version 9 of a request is not known");
	}

}
