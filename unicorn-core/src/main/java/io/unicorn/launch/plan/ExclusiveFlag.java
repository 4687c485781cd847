package io.unicorn.launch.plan;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognizes JVM flags that only one process at a time can run with, because they open a
 * port that is the same for all workers. With {@value WorkerFlags#PLACEHOLDER} in it, a
 * flag is another one for each worker.
 */
public final class ExclusiveFlag {

	private static final List<String> BEGINNINGS = List.of("-Dcom.sun.management.jmxremote.port=",
			"-Dcom.sun.management.jmxremote.rmi.port=", "-agentlib:jdwp=", "-Xrunjdwp:");

	private static final Pattern AGENT = Pattern.compile("-(?:javaagent|agentpath|agentlib):[^=]*=(.*)");

	private static final String LOCAL = "(?:localhost|127(?:\\.\\d+){3}|0\\.0\\.0\\.0|\\*|::1?|\\[[0-9a-fA-F:]+\\])";

	private static final String PORT = "0*[1-9]\\d{0,4}";

	/** As the Prometheus exporter for JMX takes it: {@code 9404:config.yaml}. */
	private static final Pattern PORT_FIRST = Pattern.compile("(?:" + LOCAL + ":)?" + PORT + "(?::.*)?");

	/** As most other agents take it: {@code host=0.0.0.0,port=8778}. */
	private static final Pattern NAMED_PORT = Pattern.compile("(?:.*[,;&])?port=" + PORT + "(?:[,;&].*)?");

	/** The port is one on another machine, to which the agent connects. */
	private static final Pattern REMOTE = Pattern
		.compile("(?:.*[,;&])?(?:(?:host|address)=(?!" + LOCAL + "(?:[,;&]|$))|output=tcpclient).*");

	private ExclusiveFlag() {
	}

	/**
	 * Return whether this is such a flag. What other agents do with their options is not
	 * known, so they run in every worker.
	 */
	public static boolean is(String flag) {
		return !flag.contains(WorkerFlags.PLACEHOLDER)
				&& (BEGINNINGS.stream().anyMatch(flag::startsWith) || isAgentWithPort(flag));
	}

	private static boolean isAgentWithPort(String flag) {
		Matcher agent = AGENT.matcher(flag);
		if (!agent.matches()) {
			return false;
		}
		String options = agent.group(1);
		return PORT_FIRST.matcher(options).matches()
				|| (NAMED_PORT.matcher(options).matches() && !REMOTE.matcher(options).matches());
	}

}
