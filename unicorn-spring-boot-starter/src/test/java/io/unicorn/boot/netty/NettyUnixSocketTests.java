package io.unicorn.boot.netty;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.unicorn.boot.server.UnixClient;
import io.unicorn.worker.RequestLedger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRoutes;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class NettyUnixSocketTests {

	@TempDir
	private Path directory = Path.of("");

	private final RequestLedger ledger = new RequestLedger(0, () -> {
	});

	private void routes(HttpServerRoutes routes) {
		routes
			.get("/address", (request, response) -> response.sendString(
					Mono.just(request.remoteAddress() + " " + request.hostAddress() + " " + request.hostName() + "!")))
			.get("/file", (request, response) -> response.sendFile(this.directory.resolve("file")))
			.get("/long", (request, response) -> response.sendString(Mono.just("x".repeat(3_000_000) + "!")));
	}

	@Test
	void connectionsAreCountedAndDrainedAndHaveAddressesOfThisMachine() throws Exception {
		Path file = this.directory.resolve("app.sock");
		Files.writeString(this.directory.resolve("file"), "y".repeat(500_000) + "!");
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		Logger reactor = (Logger) LoggerFactory.getLogger("reactor.netty");
		reactor.addAppender(log);
		try (PooledNetty netty = new PooledNetty(UnixClient.listener(file), this.ledger, this::routes);
				UnixClient idle = new UnixClient(file);
				UnixClient gone = new UnixClient(file)) {
			netty.server().startAccepting();
			assertThat(idle.get("/address")).startsWith("HTTP/1.1 200 ")
				.endsWith("localhost/127.0.0.1:0 localhost/127.0.0.1:0 localhost!")
				.doesNotContain("connection: close");
			assertThat(gone.get("/file")).contains("y".repeat(500_000));
			assertThat(gone.get("/long")).contains("x".repeat(3_000_000));
			assertThat(netty.server().connections()).isEqualTo(2);
			gone.hangUp();
			Awaitility.await().until(() -> netty.server().connections() == 1);

			netty.server().stopAccepting();

			assertThat(idle.get("/address")).containsIgnoringCase("connection: close");
			assertThat(idle.read()).isEmpty();
			assertThat(netty.server().awaitNoConnections(Duration.ofSeconds(20))).isZero();
		}
		finally {
			reactor.detachAppender(log);
		}
		List<String> warnings = new ArrayList<>();
		log.list.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN))
			.forEach((event) -> warnings.add(event.getFormattedMessage()));
		assertThat(warnings).as("such as of unknown options").isEmpty();
	}

}
