package io.unicorn.master.log;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;

import io.unicorn.launch.plan.LogTime;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.master.arbiter.pool.Effect;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LogLineTests {

	private static final Instant NOW = Instant.parse("2026-11-30T04:05:06.789123Z");

	@Test
	void aTemplateGetsTimeProcessIdAndMessage() {
		LogLine line = line("{\"t\":\"" + LogTime.INSTANT.token() + "\",\"p\":" + MasterLog.PID + ",\"m\":\""
				+ MasterLog.MESSAGE + "\"}\n");
		assertThat(line.of(Effect.Level.WARN, NOW, "worker 1 exited"))
			.isEqualTo("{\"t\":\"2026-11-30T04:05:06.789Z\",\"p\":4711,\"m\":\"worker 1 exited\"}\n");
	}

	@Test
	void eachLevelHasATemplate() {
		LogLine line = new LogLine(1, "", List.of("info", "warn", "error"));
		assertThat(line.of(Effect.Level.INFO, NOW, "")).isEqualTo("info");
		assertThat(line.of(Effect.Level.WARN, NOW, "")).isEqualTo("warn");
		assertThat(line.of(Effect.Level.ERROR, NOW, "")).isEqualTo("error");
	}

	@Test
	void theTimeHasTheFormOfTheTemplate() {
		assertThat(line(LogTime.SECONDS.token()).of(Effect.Level.INFO, NOW, "")).isEqualTo("1796011506.789");
		assertThat(line(LogTime.MILLIS.token()).of(Effect.Level.INFO, NOW, "")).isEqualTo("1796011506789");
		String offset = line(LogTime.OFFSET.token()).of(Effect.Level.INFO, NOW, "");
		assertThat(ZonedDateTime.parse(offset).toInstant()).isEqualTo(Instant.parse("2026-11-30T04:05:06.789Z"));
		assertThat(line(LogTime.LOCAL.token()).of(Effect.Level.INFO, NOW, "")).isEqualTo(
				DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS").format(NOW.atZone(ZoneId.systemDefault())));
	}

	@Test
	void aMessageOfSeveralLinesIsOneLineOfJson() {
		assertThat(line("\"" + MasterLog.MESSAGE + "\"").of(Effect.Level.INFO, NOW, "a \"b\" \\c\n\tat \u0001\r\u2713"))
			.isEqualTo("\"a \\\"b\\\" \\\\c\\n\\tat \\u0001\\r\u2713\"");
	}

	private static LogLine line(String template) {
		return new LogLine(4711, "shop", List.of(template, template, template));
	}

}
