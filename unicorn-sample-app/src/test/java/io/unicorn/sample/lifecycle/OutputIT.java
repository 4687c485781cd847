package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what a pool prints, and into which files its processes write.
 */
@OneJdk
class OutputIT {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final String COMPLETE = "pool is complete: 2 workers ready";

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	Path directory;

	@Test
	void whereTheApplicationLogsJsonEveryLineIsJson() {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.args("--logging.structured.format.console=ecs", "--logging.structured.json.add.stage=test"));

		pool.awaitOutput(COMPLETE, RunningPool.PATIENCE);
		assertThat(pool.stop()).isZero();
		List<JsonNode> lines = pool.output().lines().map(JSON::readTree).toList();
		assertThat(lines).allSatisfy((line) -> {
			assertThat(line.path("@timestamp").asString()).startsWith("20").endsWith("Z");
			assertThat(line.path("stage").asString()).isEqualTo("test");
		});
		assertThat(lines)
			.filteredOn((line) -> line.path("process").path("thread").path("name").asString().equals("master"))
			.isNotEmpty()
			.allMatch((line) -> line.path("process").path("pid").asLong() == pool.masterPid());
	}

	@Test
	void eachWorkerHasFilesOfItsOwn() throws IOException {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.workingDirectory(this.directory)
			.jvmFlags("-Xlog:gc*:file=gc.log", "-Dmy.port=940{worker}")
			.env("JAVA_TOOL_OPTIONS", "-XX:ErrorFile=error.log")
			.args("--logging.file.name=app-${unicorn.worker.index}-${unicorn.worker.id}.log"));

		pool.awaitOutput(COMPLETE, RunningPool.PATIENCE);
		assertThat(files())
			.contains("gc.log", "gc-worker-0.log", "gc-worker-1.log", "app-0-1.log", "app-1-2.log", "app-master-0.log")
			.noneMatch((name) -> name.contains("{"));
		assertThat(pool.output()).doesNotContain("same file");
		assertThat(pool.stop()).isZero();
	}

	@Test
	void aFileThatWorkersShareIsNamed() throws IOException {
		Path log = this.directory.resolve("fixed.log");
		Path configuration = Files.writeString(this.directory.resolve("logback.xml"), """
				<configuration>
				  <appender name="F" class="ch.qos.logback.core.FileAppender">
				    <file>%s</file><encoder><pattern>%%m%%n</pattern></encoder>
				  </appender>
				  <root level="INFO"><appender-ref ref="F"/></root>
				</configuration>
				""".formatted(log));
		RunningPool pool = this.pools
			.start(RunningPool.builder().bootingFast().args("--logging.config=" + configuration));

		pool.awaitOutput(Pattern.compile(" WARN .*append to the same file " + Pattern.quote(log.toString())),
				RunningPool.PATIENCE);
		assertThat(pool.stop()).isZero();
	}

	private List<String> files() throws IOException {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.map((file) -> String.valueOf(file.getFileName())).toList();
		}
	}

}
