package io.unicorn.boot.bootstrap.log;

import java.time.ZoneId;
import java.util.List;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.unicorn.launch.plan.LogTime;
import io.unicorn.launch.plan.MasterLog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class LogTemplatesTests {

	private static final int PID = 4711;

	private final LogTemplates templates = new LogTemplates(PID, ZoneId.of("Asia/Tokyo"));

	private final MockEnvironment environment = new MockEnvironment().withProperty("spring.application.name", "shop")
		.withProperty("spring.application.pid", Integer.toString(PID));

	private final LoggerContext context = new LoggerContext();

	private final Logger root = this.context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	@BeforeEach
	void addEnvironment() {
		this.context.putObject(Environment.class.getName(), this.environment);
	}

	@AfterEach
	void stop() {
		this.context.stop();
	}

	@ParameterizedTest
	@CsvSource({ "ecs, INSTANT", "logstash, INSTANT", "gelf, SECONDS" })
	void aStructuredLogIsATemplateWithTheFieldsOfTheApplication(String format, LogTime time) {
		this.environment.setProperty("logging.structured.json.add.stage", "test");
		log(structured(format));
		List<String> lines = templates(format);
		assertThat(lines).hasSize(3).allSatisfy((line) -> {
			assertThat(line).startsWith("{")
				.endsWith("}\n")
				.contains(time.token(), MasterLog.MESSAGE, "\"stage\":\"test\"", MasterLog.LOGGER, "\"master\"")
				.doesNotContain("2001", "98117");
			if (!format.equals("logstash")) {
				assertThat(line).contains(MasterLog.PID, "shop");
			}
		});
		assertThat(lines.get(0)).contains("\"INFO\"");
		assertThat(lines.get(1)).contains("\"WARN\"");
		assertThat(lines.get(2)).contains("\"ERROR\"");
	}

	@Test
	void aLoggingConfigurationOfTheUsersOwnIsFollowedToo() {
		log(pattern("{\"at\":\"%d{yyyy-MM-dd HH:mm:ss.SSS,Asia/Tokyo}\",\"lvl\":\"%p\",\"text\":\"%m\"}%n"));
		assertThat(templates(null)).first()
			.isEqualTo("{\"at\":\"" + LogTime.LOCAL.token() + "\",\"lvl\":\"INFO\",\"text\":\"" + MasterLog.MESSAGE
					+ "\"}\n");
	}

	@Test
	void anEncoderBehindAnAsynchronousAppenderIsFound() {
		AsyncAppender asynchronous = start(new AsyncAppender());
		asynchronous.addAppender(console(structured("ecs")));
		this.root.addAppender(asynchronous);
		assertThat(templates("ecs")).hasSize(3);
	}

	@Test
	void textHasNoTemplate() {
		log(pattern("%d %p %m%n"));
		assertThat(templates(null)).isEmpty();
	}

	@Test
	void withoutAConsoleThereIsNoTemplate() {
		assertThat(templates(null)).isEmpty();
	}

	@Test
	void aTimeThatIsNotRecognizedGivesTheElasticCommonSchema() {
		log(pattern("{\"at\":\"%d{dd.MM.yy}\",\"text\":\"%m\"}%n"));
		assertThat(templates("com.example.MyFormat")).first().asString().contains("\"ecs\"");
	}

	@ParameterizedTest
	@CsvSource({ "ecs, \"log\":{\"level\":\"WARN\"", "logstash, \"level_value\":30000", "gelf, \"level\":4",
			"com.example.MyFormat, \"ecs\"" })
	void anotherLoggingSystemHasTheFieldsOfTheFormat(String format, String expected) {
		assertThat(this.templates.of((level, time) -> null, format)).element(1).asString().contains(expected);
	}

	private List<String> templates(@Nullable String format) {
		return this.templates.of(LogbackSamples.of(this.root)::onConsole, format);
	}

	private void log(Encoder<ILoggingEvent> encoder) {
		this.root.addAppender(console(encoder));
	}

	private Appender<ILoggingEvent> console(Encoder<ILoggingEvent> encoder) {
		ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
		appender.setEncoder(encoder);
		return start(appender);
	}

	private Encoder<ILoggingEvent> structured(String format) {
		StructuredLogEncoder encoder = new StructuredLogEncoder();
		encoder.setFormat(format);
		encoder.setContext(this.context);
		encoder.start();
		return encoder;
	}

	private Encoder<ILoggingEvent> pattern(String pattern) {
		PatternLayoutEncoder encoder = new PatternLayoutEncoder();
		encoder.setPattern(pattern);
		encoder.setContext(this.context);
		encoder.start();
		return encoder;
	}

	private <A extends Appender<ILoggingEvent>> A start(A appender) {
		appender.setContext(this.context);
		appender.start();
		return appender;
	}

}
