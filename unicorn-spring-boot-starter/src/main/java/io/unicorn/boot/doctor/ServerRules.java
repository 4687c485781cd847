package io.unicorn.boot.doctor;

import java.util.Objects;
import java.util.stream.Stream;

/**
 * Servers inside the application, and other things that one process has alone.
 */
final class ServerRules {

	private ServerRules() {
	}

	static Stream<Symptom> openPorts(Inspection inspection) {
		return OwnPorts.find()
			.stream()
			.map((port) -> new Symptom("port " + port,
					"this worker has opened it by itself, and the other workers cannot open it: they fail to boot, or do "
							+ "without",
					"Share it (unicorn.listeners), open it in the leader only, or use a port per worker "
							+ "(${unicorn.worker.index}) or port 0"));
	}

	/** Before it is open, as in a process that opens no port. */
	static Stream<Symptom> ldap(Inspection inspection) {
		String port = Objects.toString(inspection.property("spring.ldap.embedded.port"), "0");
		boolean fixed = inspection.property("spring.ldap.embedded.base-dn") != null && !port.equals("0");
		return (fixed && !inspection.isPerWorker(port)) ? Stream.of(new Symptom("spring.ldap.embedded.port",
				"the first worker opens the port, and the others fail to boot", "Use a server outside, or port 0"))
				: Stream.empty();
	}

	static Stream<Symptom> broker(Inspection inspection) {
		Stream<String> beans = Stream
			.of("org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ",
					"org.apache.activemq.broker.BrokerService")
			.flatMap((type) -> inspection.names(type).stream())
			.map((name) -> "bean " + name);
		Stream<String> inProcess = Stream.of("spring.activemq.broker-url")
			.filter((name) -> Objects.toString(inspection.property(name), "").startsWith("vm:"));
		return Stream.concat(beans, inProcess)
			.map((place) -> new Symptom(place,
					"each worker has a message broker of its own; consumers in other workers do not get its messages",
					"Use a broker outside of the application"));
	}

	static Stream<Symptom> index(Inspection inspection) {
		Stream<String> beans = Stream.of("org.apache.lucene.index.IndexWriter", "org.rocksdb.RocksDB", "org.mapdb.DB")
			.flatMap((type) -> inspection.names(type).stream())
			.map((name) -> "bean " + name);
		String type = "spring.jpa.properties.hibernate.search.backend.directory.type";
		Stream<String> search = (inspection.hasClass("org.hibernate.search.backend.lucene.LuceneBackend")
				&& !"local-heap".equals(inspection.property(type))) ? Stream.of(type) : Stream.empty();
		return Stream.concat(beans, search)
			.map((place) -> new Symptom(place,
					"only one process can write this index or store; the others wait for its " + "lock and fail",
					"Use a server, or a directory per worker (${unicorn.worker.index})"));
	}

}
