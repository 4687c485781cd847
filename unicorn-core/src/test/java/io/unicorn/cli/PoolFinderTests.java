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
 * Finds pools in a work dir; integration tests find them by their processes.
 */
class PoolFinderTests {

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

	private FoundPool find(String... options) throws CommandFailedException {
		List<String> arguments = new ArrayList<>(List.of("status", "--work-dir", this.directory.toString()));
		arguments.addAll(List.of(options));
		return new PoolFinder("/srv/app.jar").find(Arguments.parse(arguments));
	}

	private void assertFails(String message, String... options) {
		assertThatExceptionOfType(CommandFailedException.class).isThrownBy(() -> find(options))
			.withMessage(message)
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(CommandFailedException.FAILED));
	}

	@Test
	void theOnlyPoolWhoseSocketAcceptsConnectionsIsFound() throws Exception {
		Path socket = pool(7);
		Path left = pool(8);
		this.servers.get(1).close();
		assertThat(left).exists();
		FoundPool pool = find();
		assertThat(pool.pid()).isEqualTo(7);
		assertThat(pool.socket()).isEqualTo(socket);
		assertThat(pool.alive().getAsBoolean()).isTrue();
		Files.delete(socket);
		assertThat(pool.alive().getAsBoolean()).isFalse();
	}

	@Test
	void oneOfSeveralPoolsIsSelectedByItsPid() throws Exception {
		pool(7);
		pool(8);
		assertThatExceptionOfType(CommandFailedException.class).isThrownBy(this::find)
			.withMessageStartingWith("several pools are running, choose one with --pid:\n")
			.withMessageContaining("(pid 7)")
			.withMessageContaining("(pid 8)");
		assertThat(find("--pid", "8").pid()).isEqualTo(8);
	}

	@Test
	void withoutAPoolTheMessageSaysHowToStartOne() {
		assertFails("no pool takes commands in " + this.directory + "\nstart it with: java -jar /srv/app.jar");
	}

	@Test
	void aWrongPidFailsWithAListOfTheRightOnes() throws Exception {
		pool(7);
		assertFails(
				"no pool takes commands in " + this.directory + "\nother pools are running, choose one with --pid:\n"
						+ "  the pool in " + this.directory + " (pid 7)",
				"--pid", "9");
	}

	@Test
	void aJarThatDoesNotRunHasNoPool() {
		Path jar = this.directory.resolve("app.jar");
		assertThatExceptionOfType(CommandFailedException.class)
			.isThrownBy(() -> new PoolFinder(jar.toString()).find(Arguments.parse(List.of("status"))))
			.withMessageStartingWith("no pool of " + jar + " is running");
	}

}
