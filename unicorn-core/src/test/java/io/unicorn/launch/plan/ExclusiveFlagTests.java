package io.unicorn.launch.plan;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ExclusiveFlagTests {

	@ParameterizedTest
	@ValueSource(strings = { "-Dcom.sun.management.jmxremote.port=9010", "-Dcom.sun.management.jmxremote.rmi.port=9010",
			"-agentlib:jdwp=transport=dt_socket,server=y,address=5005", "-Xrunjdwp:server=y",
			"-javaagent:jmx_prometheus_javaagent.jar=9404:config.yaml", "-javaagent:/opt/jmx.jar=9404",
			"-javaagent:jmx.jar=0.0.0.0:9404:config.yaml", "-javaagent:jmx.jar=localhost:9404:/etc/a.yaml",
			"-javaagent:jmx.jar=[::1]:9404:config.yaml", "-javaagent:jolokia.jar=port=8778,host=localhost",
			"-javaagent:jolokia.jar=host=0.0.0.0,port=8778", "-agentpath:/opt/libyjpagent.so=port=10001,listen=all",
			"-agentpath:/opt/libjprofilerti.so=port=8849,nowait",
			"-javaagent:jacoco.jar=output=tcpserver,address=127.0.0.1,port=6300" })
	void aFlagThatOpensAPortBelongsToOneProcess(String flag) {
		assertThat(ExclusiveFlag.is(flag)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "-Dcom.sun.management.jmxremote", "-Dcom.sun.management.jmxremote.ssl=false",
			"-agentlib:hprof", "-Dserver.port=1", "-javaagent:x.jar", "-javaagent:x.jar=", "-javaagent:x.jar=0:c.yaml",
			"-javaagent:x.jar=port=0", "-javaagent:x.jar=collector.example.com:4317", "-javaagent:x.jar=config.yaml",
			"-javaagent:x.jar=host=collector.example.com,port=4317", "-javaagent:x.jar=transport=1",
			"-javaagent:jacoco.jar=output=tcpclient,port=6300", "-javaagent:x.jar=export=1,support=8080",
			"-javaagent:jmx.jar=940{worker}:config.yaml", "-Dcom.sun.management.jmxremote.port=901{worker}",
			"-javaagent:x.jar=1234567:c" })
	void anyOtherFlagIsForEveryWorker(String flag) {
		assertThat(ExclusiveFlag.is(flag)).isFalse();
	}

}
