package io.unicorn.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Pools are found in a private directory here; process tests find them by themselves.
 */
class TargetsTests {

	@TempDir
	private Path directory;

	private final List<ServerSocketChannel> servers = new ArrayList<>();

	@AfterEach
	void close() throws IOException {
		for (ServerSocketChannel server : this.servers) {
			server.close();
		}
	}

	private Path pool(int pid) throws IOException {
		Path socket = Files.createDirectories(this.directory.resolve("commands")).resolve("1-" + pid + "-2");
		this.servers
			.add(ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket)));
		return socket;
	}

	private Target choose(String... options) throws CommandFailedException {
		List<String> arguments = new ArrayList<>(List.of("status", "--work-dir", this.directory.toString()));
		arguments.addAll(List.of(options));
		return new Targets("/srv/app.jar").choose(Arguments.parse(arguments));
	}

	private void assertFails(String message, String... options) {
		assertThatExceptionOfType(CommandFailedException.class).isThrownBy(() -> choose(options))
			.withMessage(message)
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(CommandFailedException.FAILED));
	}

	@Test
	void theOnlyPoolThatAnswersIsMeant() throws Exception {
		Path socket = pool(7);
		Path left = pool(8);
		this.servers.get(1).close();
		assertThat(left).exists();
		Target target = choose();
		assertThat(target.pid()).isEqualTo(7);
		assertThat(target.socket()).isEqualTo(socket);
		assertThat(target.alive().getAsBoolean()).isTrue();
		Files.delete(socket);
		assertThat(target.alive().getAsBoolean()).isFalse();
	}

	@Test
	void amongSeveralOneHasToBeNamed() throws Exception {
		pool(7);
		pool(8);
		assertThatExceptionOfType(CommandFailedException.class).isThrownBy(this::choose)
			.withMessageStartingWith("several pools are running, choose one with --pid:\n")
			.withMessageContaining("(pid 7)")
			.withMessageContaining("(pid 8)");
		assertThat(choose("--pid", "8").pid()).isEqualTo(8);
	}

	@Test
	void whereThereIsNoneTheMessageSaysHowToStartOne() {
		assertFails("no pool takes commands in " + this.directory + "\nstart it with: java -jar /srv/app.jar");
	}

	@Test
	void aWrongNameIsAnsweredWithTheRightOnes() throws Exception {
		pool(7);
		assertFails("no pool takes commands in " + this.directory + "\nthese are, choose one with --pid:\n"
				+ "  the pool in " + this.directory + " (pid 7)", "--pid", "9");
	}

	@Test
	void aJarThatNobodyRunsHasNoPool() {
		Path jar = this.directory.resolve("app.jar");
		assertThatExceptionOfType(CommandFailedException.class)
			.isThrownBy(() -> new Targets(jar.toString()).choose(Arguments.parse(List.of("status"))))
			.withMessageStartingWith("no pool of " + jar + " is running");
	}

}
