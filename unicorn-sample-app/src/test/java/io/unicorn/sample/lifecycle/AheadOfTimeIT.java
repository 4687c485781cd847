package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.Unpacked;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests an application that Spring Boot has processed ahead of time: conditions were
 * evaluated when it was built, in a process that was no worker.
 */
@OneJdk
class AheadOfTimeIT {

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	private Path directory;

	@Test
	void processedCodeRunsAsAPoolAndAsOneProcess() throws IOException {
		Unpacked.into(this.directory);
		process();
		compile();

		RunningPool pool = this.pools.start(processed().args("--unicorn.workers=2", "--unicorn.warm-up.paths=/whoami",
				"--unicorn.warm-up.requests=5"));
		pool.awaitReady(2);
		assertThat(pool.output()).contains("Starting AOT-processed SampleApplication", "Warmed up with 5 requests");
		assertThat(pool.get("/whoami").text()).containsPattern("\"worker\":[01]");
		assertThat(pool.get("/actuator/health").text()).contains("\"unicorn\"");
		assertThat(pool.get("/actuator/metrics/unicorn.workers.target").text()).contains("2");
		assertThat(pool.rollOut().state()).isEqualTo("succeeded");
		assertThat(pool.stop()).isZero();
		assertThat(pool.output()).doesNotContain(" ERROR ");

		RunningPool plain = this.pools.start(processed().args("--unicorn.enabled=false"));
		assertThat(plain.get("/whoami").text()).contains("\"worker\":null");
		assertThat(plain.get("/actuator/unicorn").status()).isEqualTo(404);
		assertThat(plain.get("/actuator/health").text()).doesNotContain("\"unicorn\"");
	}

	private void process() {
		RunningPool build = this.pools.start(RunningPool.builder()
			.bootingFast()
			.launch("-cp", classPath(), "org.springframework.boot.SpringApplicationAotProcessor",
					"io.unicorn.sample.SampleApplication", this.directory.resolve("sources").toString(),
					this.directory.resolve("resources").toString(), this.directory.resolve("classes").toString(),
					"io.unicorn", "sample"));
		assertThat(build.exitCode(RunningPool.PATIENCE)).isZero();
	}

	private void compile() throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter errors = new StringWriter();
		try (Stream<Path> walk = Files.walk(this.directory.resolve("sources"));
				StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
			List<Path> sources = walk.filter((file) -> file.toString().endsWith(".java")).toList();
			boolean compiled = compiler.getTask(
					errors, files, null, List.of("-proc:none", "-nowarn", "-d",
							this.directory.resolve("classes").toString(), "-cp", compilerPath()),
					null, files.getJavaFileObjectsFromPaths(sources))
				.call();
			assertThat(compiled).as(errors.toString()).isTrue();
		}
	}

	/** The compiler's interface does not expand a star. */
	private String compilerPath() throws IOException {
		try (Stream<Path> libraries = Files.list(this.directory.resolve("BOOT-INF/lib"))) {
			return this.directory.resolve("BOOT-INF/classes") + ":" + this.directory.resolve("classes") + ":"
					+ String.join(":", libraries.map(Path::toString).toList());
		}
	}

	private String classPath() {
		return this.directory.resolve("BOOT-INF/classes") + ":" + this.directory.resolve("BOOT-INF/lib/*");
	}

	private PoolBuilder processed() {
		return RunningPool.builder()
			.bootingFast()
			.jvmFlags("-Dspring.aot.enabled=true")
			.launch("-cp",
					this.directory.resolve("classes") + ":" + this.directory.resolve("resources") + ":" + classPath(),
					"io.unicorn.sample.SampleApplication");
	}

}
