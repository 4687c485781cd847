package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import io.unicorn.boot.server.ProxiedConnections;
import io.unicorn.boot.server.ProxyProtocol;
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
class ProxiedTomcatTests {

	@TempDir
	private Path directory;

	private PooledTomcat tomcat;

	private int port;

	/** Answers with the addresses of the connection. */
	private static final class Addresses extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			response.getWriter()
				.print("%s|%s|%d to %s|%s|%d%n".formatted(request.getRemoteAddr(), request.getRemoteHost(),
						request.getRemotePort(), request.getLocalAddr(), request.getLocalName(),
						request.getLocalPort()));
		}

	}

	@BeforeEach
	void start() throws Exception {
		ServerSocketChannel listener = ServerSocketChannel.open();
		listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		this.port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
		this.tomcat = PooledTomcat.proxied(listener, this.directory, new RequestLedger(0, () -> {
		}), new Addresses(), new ProxiedConnections(ProxyProtocol.AUTO, List.of("127.0.0.1")));
		this.tomcat.protocol().startAccepting();
	}

	@AfterEach
	void stop() throws Exception {
		this.tomcat.close();
	}

	private String answers(String header, int requests) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			socket.setSoTimeout(20_000);
			String request = "GET / HTTP/1.1\r\nHost: localhost\r\n";
			socket.getOutputStream()
				.write((header + (request + "\r\n").repeat(requests - 1) + request + "Connection: close\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		}
	}

	@Test
	void allRequestsOfAConnectionHaveTheAddressesOfItsHeader() throws Exception {
		String expected = "192.0.2.1|192.0.2.1|56324 to 198.51.100.9|198.51.100.9|443\n";
		assertThat(answers("PROXY TCP4 192.0.2.1 198.51.100.9 56324 443\r\n", 3).split(Pattern.quote(expected), -1))
			.hasSize(4);
	}

	@Test
	void eachConnectionHasItsOwn() throws Exception {
		for (int client = 1; client < 50; client++) {
			assertThat(answers("PROXY TCP6 2001:db8::" + client + " 2001:db8::ff 1 2\r\n", 1))
				.contains("2001:db8:0:0:0:0:0:" + client + "|");
		}
	}

	@Test
	void aConnectionWithoutAddressesInItsHeaderHasThoseOfTheSocket() throws Exception {
		assertThat(answers("PROXY UNKNOWN\r\n", 2)).containsPattern("127\\.0\\.0\\.1\\|127\\.0\\.0\\.1\\|[1-9]\\d+ to ")
			.contains("|" + this.port + "\n");
	}

	@Test
	void aRequestWithoutAHeaderIsNotAnswered() throws Exception {
		try {
			assertThat(answers("", 1)).isEmpty();
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
	}

}
