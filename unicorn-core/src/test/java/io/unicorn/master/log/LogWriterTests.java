package io.unicorn.master.log;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import io.unicorn.launch.plan.MasterLog;
import io.unicorn.master.arbiter.pool.Effect;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LogWriterTests {

	@Test
	void aLogFileOnAFullDiskIsOneLineOnTheConsole() {
		ByteArrayOutputStream console = new ByteArrayOutputStream();
		LogWriter log = new LogWriter(1, "shop", MasterLog.text("/dev/full"), console);
		log.write(Effect.Level.INFO, "one");
		log.write(Effect.Level.INFO, "two");
		assertThat(console.toString(StandardCharsets.UTF_8).lines()).hasSize(3)
			.anySatisfy((line) -> assertThat(line).contains(" WARN ",
					"log file /dev/full lacks lines, because it cannot be written: No space left on device"))
			.last()
			.asString()
			.endsWith(" : two");
	}

}
