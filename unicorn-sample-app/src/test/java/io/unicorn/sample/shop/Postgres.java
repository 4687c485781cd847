package io.unicorn.sample.shop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.FreePort;

import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL server with an empty database.
 *
 * @param directory where it keeps it
 * @param process the server
 * @param port its port on the loopback interface
 */
record Postgres(Path directory, Process process, int port) implements AutoCloseable {

	/** Where Debian has its programs, one directory per version. */
	private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

	/** It refuses to run as root. */
	private static final String USER = "postgres";

	/** Find the directory of its programs, empty if it is not installed. */
	static Optional<Path> find() throws IOException {
		if (!Files.isDirectory(VERSIONS)) {
			return Optional.empty();
		}
		try (Stream<Path> versions = Files.list(VERSIONS)) {
			return versions.map((version) -> version.resolve("bin"))
				.filter((programs) -> Files.isExecutable(programs.resolve("postgres")))
				.findFirst();
		}
	}

	static Postgres start(Path programs) throws IOException, InterruptedException {
		Path directory = Files.createTempDirectory("postgres");
		if (isRoot()) {
			Files.setOwner(directory,
					directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER));
		}
		int port = FreePort.choose();
		run(directory, programs.resolve("initdb").toString(), "-D", "data", "-A", "trust", "-U", USER, "-E", "UTF8",
				"--no-sync")
			.waitFor();
		return new Postgres(directory, run(directory, programs.resolve("postgres").toString(), "-D", "data", "-h",
				"127.0.0.1", "-p", Integer.toString(port), "-k", "", "-F"), port);
	}

	private static boolean isRoot() {
		return "root".equals(System.getProperty("user.name"));
	}

	private static Process run(Path directory, String... command) throws IOException {
		List<String> line = new ArrayList<>();
		if (isRoot()) {
			line.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups"));
		}
		line.addAll(List.of(command));
		return new ProcessBuilder(line).directory(directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
			.start();
	}

	String url() {
		return "jdbc:postgresql://127.0.0.1:" + this.port + "/postgres?user=" + USER;
	}

	@Override
	public void close() throws IOException {
		this.process.destroy();
		this.process.onExit().completeOnTimeout(this.process, 10, TimeUnit.SECONDS).join();
		this.process.destroyForcibly();
		FileSystemUtils.deleteRecursively(this.directory);
	}

}
