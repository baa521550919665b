export { createReport, type FileReport, firstLines, problemLines, type Report } from '../report';
