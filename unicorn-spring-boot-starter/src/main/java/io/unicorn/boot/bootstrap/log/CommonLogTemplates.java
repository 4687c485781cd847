package io.unicorn.boot.bootstrap.log;

import java.util.List;

import io.unicorn.launch.plan.LogTime;
import io.unicorn.launch.plan.MasterLog;

/**
 * The templates of Spring Boot's common formats, with the fields that every line has.
 */
final class CommonLogTemplates {

	private static final String ECS = "{\"@timestamp\":\"" + LogTime.INSTANT.token()
			+ "\",\"log\":{\"level\":\"%1$s\",\"logger\":\"" + MasterLog.LOGGER + "\"},\"process\":{\"pid\":"
			+ MasterLog.PID + ",\"thread\":{\"name\":\"" + MasterLog.THREAD + "\"}},\"message\":\"" + MasterLog.MESSAGE
			+ "\",\"ecs\":{\"version\":\"8.11\"}}\n";

	private static final String LOGSTASH = "{\"@timestamp\":\"" + LogTime.OFFSET.token()
			+ "\",\"@version\":\"1\",\"message\":\"" + MasterLog.MESSAGE + "\",\"logger_name\":\"" + MasterLog.LOGGER
			+ "\",\"thread_name\":\"" + MasterLog.THREAD + "\",\"level\":\"%1$s\",\"level_value\":%2$d}\n";

	private static final String GELF = "{\"version\":\"1.1\",\"short_message\":\"" + MasterLog.MESSAGE
			+ "\",\"timestamp\":" + LogTime.SECONDS.token()
			+ ",\"level\":%3$d,\"_level_name\":\"%1$s\",\"_process_pid\":" + MasterLog.PID
			+ ",\"_process_thread_name\":\"" + MasterLog.THREAD + "\",\"_log_logger\":\"" + MasterLog.LOGGER + "\"}\n";

	private CommonLogTemplates() {
	}

	/**
	 * Return the templates for a value of {@code logging.structured.format}. A format
	 * that is not Spring Boot's becomes the Elastic Common Schema.
	 */
	static List<String> of(String format) {
		String template = switch (format) {
			case "logstash" -> LOGSTASH;
			case "gelf" -> GELF;
			default -> ECS;
		};
		return List.of(template.formatted("INFO", 20_000, 6), template.formatted("WARN", 30_000, 4),
				template.formatted("ERROR", 40_000, 3));
	}

}
