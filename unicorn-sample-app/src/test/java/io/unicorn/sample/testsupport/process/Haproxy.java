package io.unicorn.sample.testsupport.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.FreePort;
import org.junit.jupiter.api.Assumptions;

/**
 * The proxy haproxy, if this machine has it. It passes on connections as they are, behind
 * a header of the PROXY protocol, and repeats nothing that fails.
 */
public final class Haproxy implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final String CONFIGURATION = """
			defaults
			  mode tcp
			  retries 0
			  timeout connect 10s
			  timeout client 2m
			  timeout server 2m
			listen pool
			  bind 127.0.0.1:%d
			  server pool 127.0.0.1:%d %s
			""";

	private final Process process;

	private final int port;

	private Haproxy(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	/**
	 * Start it, or skip the test if there is none.
	 * @param directory where to put its configuration
	 * @param server the port to pass connections to
	 * @param header {@code send-proxy} or {@code send-proxy-v2}
	 */
	public static Haproxy start(Path directory, int server, String header) throws IOException {
		Path executable = Stream.of("/usr/sbin/haproxy", "/usr/bin/haproxy", "/usr/local/sbin/haproxy")
			.map(Path::of)
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
		Assumptions.assumeTrue(executable != null, "there is no haproxy");
		int port = FreePort.choose();
		Path file = directory.resolve("haproxy-" + header + ".cfg");
		Files.writeString(file, CONFIGURATION.formatted(port, server, header));
		Haproxy started = new Haproxy(
				new ProcessBuilder(String.valueOf(executable), "-db", "-q", "-f", file.toString()).inheritIO().start(),
				port);
		Await.until(TIMEOUT, () -> "haproxy listens", started::listens);
		return started;
	}

	/** Makes a connection to the pool as well, which ends without a request. */
	private boolean listens() {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			if (!this.process.isAlive()) {
				throw new IllegalStateException("haproxy has ended with status " + this.process.exitValue(), ex);
			}
			return false;
		}
	}

	/** The port on which it accepts connections. */
	public int port() {
		return this.port;
	}

	@Override
	public void close() {
		this.process.destroy();
	}

}
