package io.unicorn.sample.connections;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.SelfSigned;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that TLS works in every worker as Spring Boot configures it: bundles that are
 * reloaded, and certificates of clients.
 */
@OneJdk
class TlsIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private static final Pattern PID = Pattern.compile("\"pid\":(\\d+)");

	@RegisterExtension
	final Pools pools = new Pools();

	private RunningPool start(String... args) {
		RunningPool pool = this.pools.start(RunningPool.builder().bootingFast().args("--unicorn.workers=2").args(args));
		pool.awaitOutput("pool is complete: 2 workers ready", RunningPool.PATIENCE);
		return pool;
	}

	/** Who has answered, and with which certificate. */
	private record Answer(long pid, BigInteger serial) {

	}

	private static Answer ask(SSLSocket socket, boolean last) throws IOException {
		socket.getOutputStream()
			.write(("GET /whoami HTTP/1.1\r\nHost: localhost\r\n" + (last ? "Connection: close\r\n" : "") + "\r\n")
				.getBytes(StandardCharsets.US_ASCII));
		StringBuilder text = new StringBuilder();
		InputStream in = socket.getInputStream();
		for (int next = in.read(); next >= 0; next = in.read()) {
			text.append((char) next);
			if (!last && next == '}') {
				break;
			}
		}
		Matcher pid = PID.matcher(text);
		assertThat(pid.find()).as(text.toString()).isTrue();
		X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
		return new Answer(Long.parseLong(pid.group(1)), certificate.getSerialNumber());
	}

	private static SSLSocket connect(SSLSocketFactory factory, int port) throws IOException {
		Socket socket = factory.createSocket(InetAddress.getLoopbackAddress(), port);
		socket.setSoTimeout((int) TIMEOUT.toMillis());
		return (SSLSocket) socket;
	}

	/** Return the certificates of both workers, by process id. */
	private static Map<Long, BigInteger> certificates(SSLSocketFactory factory, int port) {
		Map<Long, BigInteger> found = new HashMap<>();
		try {
			for (int i = 0; i < 40 && found.size() < 2; i++) {
				try (SSLSocket socket = connect(factory, port)) {
					Answer answer = ask(socket, true);
					found.put(answer.pid(), answer.serial());
				}
			}
			return found;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void everyWorkerReloadsABundle(@TempDir Path one, @TempDir Path other) throws Exception {
		SelfSigned first = SelfSigned.in(one);
		SelfSigned.in(other);
		RunningPool pool = start(first.bundle());
		SSLSocketFactory factory = first.trusting();
		try (SSLSocket open = connect(factory, pool.port())) {
			BigInteger old = ask(open, false).serial();
			assertThat(certificates(factory, pool.port())).hasSize(2).containsValues(old);
			Files.move(other.resolve("server.p12"), one.resolve("server.p12"), StandardCopyOption.REPLACE_EXISTING,
					StandardCopyOption.ATOMIC_MOVE);
			Await.until(TIMEOUT, () -> "both workers have the new certificate", () -> {
				Map<Long, BigInteger> now = certificates(factory, pool.port());
				return now.size() == 2 && !now.containsValue(old);
			});
			// A connection that is open goes on with what it has begun with.
			assertThat(ask(open, true).serial()).isEqualTo(old);
		}
		assertThat(pool.stop()).isZero();
	}

	@Test
	void everyWorkerAsksItsClientsForCertificates(@TempDir Path directory, @TempDir Path known, @TempDir Path unknown)
			throws Exception {
		SelfSigned server = SelfSigned.in(directory);
		SelfSigned client = SelfSigned.in(known);
		SSLSocketFactory unknownClient = SelfSigned.in(unknown).presenting();
		RunningPool pool = start(
				Stream.of(server.args(), client.required()).flatMap(Arrays::stream).toArray(String[]::new));
		for (int i = 0; i < 6; i++) {
			try (SSLSocket socket = connect(client.presenting(), pool.port())) {
				ask(socket, true);
			}
			for (SSLSocketFactory refused : List.of(server.trusting(), unknownClient)) {
				try (SSLSocket socket = connect(refused, pool.port())) {
					assertThatExceptionOfType(SSLException.class).isThrownBy(() -> ask(socket, true));
				}
			}
		}
		assertThat(pool.stop()).isZero();
	}

}
