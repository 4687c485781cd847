package io.unicorn.boot.doctor;

import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.springframework.beans.PropertyAccessorFactory;

/**
 * Servers inside the application, and other things that one process has alone.
 */
final class ServerRules {

	private static final String SEARCH = "spring.jpa.properties.hibernate.search.";

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
		Stream<String> lucene = inspection.existing("org.apache.lucene.index.IndexWriter")
			.entrySet()
			.stream()
			.filter((bean) -> isOnDisk(bean.getValue()))
			.map(Map.Entry::getKey);
		Stream<String> stores = Stream.of("org.rocksdb.RocksDB", "org.mapdb.DB")
			.flatMap((type) -> inspection.names(type).stream());
		Stream<Symptom> beans = Stream.concat(lucene, stores)
			.map((name) -> new Symptom("bean " + name,
					"only one process can write this index or store; others cannot open it, or their writes fail",
					"Use a server, or a directory per worker (${unicorn.worker.index}), and silence this"));
		return Stream.concat(beans, search(inspection));
	}

	/** A directory of files tells its path. */
	private static boolean isOnDisk(Object writer) {
		return PropertyAccessorFactory.forBeanPropertyAccess(writer).isReadableProperty("directory.directory");
	}

	/** Hibernate Search writes an index for the changes of its own process. */
	private static Stream<Symptom> search(Inspection inspection) {
		boolean used = inspection.hasClass("org.hibernate.search.backend.lucene.LuceneBackend")
				&& inspection.hasClass("org.hibernate.search.mapper.orm.Search")
				&& inspection.isOn(SEARCH + "enabled", true)
				&& "lucene".equals(Objects.toString(inspection.property(SEARCH + "backend.type"), "lucene"));
		return used ? Stream.of(new Symptom(SEARCH + "backend.type",
				"only one worker can write a Lucene index, and an index per worker lacks what the others change",
				"Use the Elasticsearch backend")) : Stream.empty();
	}

}
