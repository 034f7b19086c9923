// Command kube-apiserver is the upstream Kubernetes API server, with etcd and the controller manager (for garbage
// collection and namespace deletion, which in Kubernetes are not the API server's) in the same program, so that the
// contract and end-to-end suites can run against the real thing on a machine that has nothing but Go.
//
//	kube-apiserver etcd -data DIR -client-port N -peer-port N
//	kube-apiserver controller-manager FLAGS…   (kube-controller-manager's own flags)
//	kube-apiserver api FLAGS…                  (kube-apiserver's own flags; several share one etcd by --etcd-prefix)
package main

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	api "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "say what to run: etcd, controller-manager or api")
		os.Exit(2)
	}
	mode := os.Args[1]
	os.Args = append([]string{"kube-" + mode}, os.Args[2:]...)
	switch mode {
	case "etcd":
		runEtcd(os.Args[1:])
	case "controller-manager":
		os.Exit(cli.Run(controllers.NewControllerManagerCommand()))
	case "api":
		os.Exit(cli.Run(api.NewAPIServerCommand()))
	default:
		fmt.Fprintf(os.Stderr, "unknown part %q: etcd, controller-manager or api\n", mode)
		os.Exit(2)
	}
}

// runEtcd serves etcd on a loopback port until it is told to stop; it prints one line when it is ready.
func runEtcd(arguments []string) {
	flags := flag.NewFlagSet("etcd", flag.ExitOnError)
	data := flags.String("data", "", "data folder")
	clientPort := flags.Int("client-port", 2379, "client port on 127.0.0.1")
	peerPort := flags.Int("peer-port", 2380, "peer port on 127.0.0.1")
	_ = flags.Parse(arguments)

	config := embed.NewConfig()
	config.Dir = *data
	config.LogLevel = "error"
	setURLs(config, *clientPort, *peerPort)
	server, err := embed.StartEtcd(config)
	if err != nil {
		fmt.Fprintf(os.Stderr, "start etcd in %s: %v\n", *data, err)
		os.Exit(1)
	}
	<-server.Server.ReadyNotify()
	fmt.Printf("{\"ready\":true,\"etcd\":\"http://127.0.0.1:%d\"}\n", *clientPort)

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	<-stop
	server.Close()
}

func setURLs(config *embed.Config, clientPort, peerPort int) {
	client := url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", clientPort)}
	peer := url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", peerPort)}
	config.ListenClientUrls, config.AdvertiseClientUrls = []url.URL{client}, []url.URL{client}
	config.ListenPeerUrls, config.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
}
