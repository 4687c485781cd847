package io.unicorn.boot;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(60)
class PoolListenersTests {

	private static final String LISTENERS = "io.unicorn.listeners";

	private final MockEnvironment environment = new MockEnvironment();

	@AfterEach
	void clear() {
		System.clearProperty(LISTENERS);
	}

	private PoolListeners plain() {
		return new PoolListeners(new PoolDrain(null), false, this.environment);
	}

	@Test
	void withoutAPoolThisProcessOpensThePort() throws Exception {
		this.environment.setProperty("unicorn.listeners.grpc", "localhost:0");
		PoolListeners listeners = plain();
		try (ServerSocketChannel listener = listeners.open("grpc")) {
			InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
			assertThat(address.getAddress()).isEqualTo(InetAddress.getByName("localhost"));
			try (SocketChannel client = SocketChannel.open(address); SocketChannel accepted = listener.accept()) {
				assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
			}
			assertThatIllegalStateException().isThrownBy(() -> listeners.open("grpc"))
				.withMessage("The listener 'grpc' was opened already");
		}
	}

	@Test
	void withoutAPoolThisProcessOpensTheUnixSocketAgainAfterItsEnd(@TempDir Path directory) throws Exception {
		Path path = directory.resolve("app.sock");
		this.environment.setProperty("unicorn.listeners.rsocket", "unix:" + path);
		plain().open("rsocket").close();
		try (ServerSocketChannel listener = plain().open("rsocket")) {
			assertThat(listener.getLocalAddress()).isEqualTo(UnixDomainSocketAddress.of(path));
		}
	}

	@Test
	void aPortThatIsInUseIsAnError() throws Exception {
		try (ServerSocketChannel other = ServerSocketChannel.open()
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
			this.environment.setProperty("unicorn.listeners.grpc",
					"127.0.0.1:" + ((InetSocketAddress) other.getLocalAddress()).getPort());
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> plain().open("grpc"));
		}
	}

	@Test
	void aDescriptorNeedsAPool() {
		this.environment.setProperty("unicorn.listeners.grpc", "fd://7");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> plain().open("grpc"))
			.withMessage("unicorn.listeners.grpc=fd://7 needs a pool, and this process is no worker");
	}

	@Test
	void aNameWithoutAnAddressIsAnErrorThatNamesTheProperty() {
		assertThatIllegalStateException().isThrownBy(() -> plain().open("grpc"))
			.withMessage("There is no listener 'grpc': set unicorn.listeners.grpc to an address such as 0.0.0.0:9090");
		System.setProperty(LISTENERS, "http:4,management:5");
		assertThatIllegalStateException()
			.isThrownBy(() -> new PoolListeners(new PoolDrain(null), true, this.environment).open("http"))
			.withMessageStartingWith("There is no listener 'http': set unicorn.listeners.http");
	}

	@Test
	void inAWorkerThatTrainsTheListenerIsNotBound() throws Exception {
		System.setProperty(LISTENERS, "http:-1,grpc:-1");
		this.environment.setProperty("unicorn.listeners.grpc", ":9090");
		try (ServerSocketChannel listener = new PoolListeners(new PoolDrain(null), true, this.environment)
			.open("grpc")) {
			assertThat(listener.getLocalAddress()).isNull();
		}
	}

}
